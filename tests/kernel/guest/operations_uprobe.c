/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of user space: the kernel maps a page for what it runs out of line. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

/* Begins with what the kernel does not emulate, so that it needs a slot. */
int probed(int number);
__asm__(".text\n.type probed, @function\nprobed: lea 1(%rdi), %eax\nret\n.size probed, .-probed\n");

/* Begins with a nop of 10 bytes, which the kernel replaces by a call of a trampoline. */
int probed_at_nop(int number);
__asm__(".text\n.balign 16\n.type probed_at_nop, @function\nprobed_at_nop:\n"
	".byte 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0\n"
	"lea 1(%rdi), %eax\nret\n.size probed_at_nop, .-probed_at_nop\n");

static int number_in(const char *path)
{
	char text[16] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	return n > 0 ? atoi(text) : -1;
}

/* Where in the file a function lies. */
static uint64_t offset_of(int (*function)(int))
{
	uintptr_t start, end, offset, address = (uintptr_t)function;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	scene_need(maps != NULL, "maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    start <= address && address < end) {
			fclose(maps);
			return address - start + offset;
		}
	scene_need(0, "the program's own mapping");
	return 0;
}

static int probe(int (*function)(int))
{
	struct perf_event_attr event = {
		.type = (uint32_t)number_in("/sys/bus/event_source/devices/uprobe/type"),
		.size = sizeof(event),
		.probe_offset = offset_of(function),
	};
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[n > 0 ? n : 0] = '\0';
	event.uprobe_path = (uintptr_t)program;
	return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static void must_probe(int (*function)(int))
{
	if (probe(function) >= 0)
		return;
	if (number_in("/sys/bus/event_source/devices/uprobe/type") < 0)
		scene_cannot("needs CONFIG_UPROBES");
	scene_need(0, "a probe");
}

static void probe_at_lea(void)
{
	must_probe(probed);
}

static void probe_at_nop(void)
{
	must_probe(probed_at_nop);
}

static void one_probe_in_use(void)
{
	must_probe(probed);
	probed(1);
}

static int set_probe(void)
{
	return outcome(probe(probed_at_nop));
}

static int hit(void)
{
	return probed(1) == 2 ? 0 : -EFAULT;
}

static int hit_at_nop(void)
{
	return probed_at_nop(1) == 2 ? 0 : -EFAULT;
}

static const struct operation list[] = {
	{ "a uprobe is set", QUIET, 0, one_probe_in_use, set_probe, NULL },
	{ "a uprobe is hit: its page appears", CHANGES, 0, probe_at_lea, hit, NULL },
	{ "a uprobe is hit: its trampoline appears", CHANGES, 0, probe_at_nop, hit_at_nop, NULL },
	{ "a uprobe is hit again", QUIET, 0, one_probe_in_use, hit, NULL },
};

const struct operation_group operations_uprobe = OPERATION_GROUP(list);
