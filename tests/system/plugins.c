/* SPDX-License-Identifier: BSD-2-Clause */
#include "plugins.h"

#include <dlfcn.h>
#include <elf.h>
#include <libgen.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "plugin.h"
#include "timing.h"

#define PATIENCE_NS  10000000000ull
#define TRIAL_ROUNDS 1000000

struct library {
	void *handle;
	const struct plugin *plugin;
};

static void load(struct library *library, const char *path)
{
	library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	library->plugin = library->handle ? dlsym(library->handle, "plugin") : NULL;
	if (!library->plugin)
		die("cannot load %s: %s", path, dlerror());
}

static void find_paths(struct plugins *plugins)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const char *folder;

	if (length < 0)
		die("cannot tell where the plugins are");
	program[length] = '\0';
	folder = dirname(program);
	for (int i = 0; i < PLUGINS; i++) {
		struct plugins_file *file = &plugins->files[i];

		if (snprintf(file->path, PATH_MAX, "%s/plugins/libplugin-%d.so", folder, i) >=
		    PATH_MAX)
			die("%s: the path is too long", folder);
	}
}

/* The note of the linker, "GNU" being its owner. */
static void take_note(struct plugins_file *file, const char *notes, size_t size)
{
	const ElfW(Nhdr) *note = (const void *)notes;
	const char *bytes = notes + sizeof(*note) + 4;

	if (size < sizeof(*note) + 4 || note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 ||
	    note->n_descsz > sizeof(file->build_id))
		return;
	memcpy(file->build_id, bytes, note->n_descsz);
	file->build_id_length = note->n_descsz;
}

static int look_for_notes(struct dl_phdr_info *info, size_t size, void *context)
{
	struct plugins_file *file = context;

	(void)size;
	if (strcmp(info->dlpi_name, file->path) != 0)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type == PT_NOTE)
			take_note(file, (const char *)info->dlpi_addr + header->p_vaddr,
				  header->p_memsz);
	}
	return 1;
}

static void learn_build_ids(struct plugins *plugins)
{
	for (int i = 0; i < PLUGINS; i++) {
		struct plugins_file *file = &plugins->files[i];
		struct library library;

		load(&library, file->path);
		dl_iterate_phdr(look_for_notes, file);
		dlclose(library.handle);
		if (!file->build_id_length)
			die("%s has no build-id", file->path);
	}
}

/* How many rounds take so long. */
static uint64_t rounds_of(const struct plugins *plugins)
{
	struct library library;
	uint64_t began;
	double per_ns;

	load(&library, plugins->files[0].path);
	began = now_ns();
	library.plugin->burn(TRIAL_ROUNDS);
	per_ns = (double)TRIAL_ROUNDS / (double)(now_ns() - began);
	dlclose(library.handle);
	return (uint64_t)((double)plugins->life_ns * per_ns) + 1;
}

static void call(struct plugins *plugins, uint32_t number, uint64_t rounds)
{
	struct plugins_call *call = &plugins->calls[plugins->count];
	struct library library;

	load(&library, plugins->files[number].path);
	*call = (struct plugins_call){
		.begin_ns = now_ns(),
		.start = (uintptr_t)library.plugin->start,
		.end = (uintptr_t)library.plugin->end,
		.plugin = number,
	};
	plugins->count++;
	library.plugin->burn(rounds);
	call->end_ns = now_ns();
	dlclose(library.handle);
}

static _Noreturn void live(struct plugins *plugins, pid_t parent)
{
	uint64_t rounds;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	learn_build_ids(plugins);
	rounds = rounds_of(plugins);
	while (plugins->count < PLUGINS_MOST_CALLS)
		call(plugins, (uint32_t)(plugins->count % PLUGINS), rounds);
	for (;;)
		pause();
}

static void wait_for_first(const struct plugins *plugins)
{
	uint64_t end = now_ns() + PATIENCE_NS;

	while (plugins->count == 0) {
		if (now_ns() > end || waitpid(plugins->pid, NULL, WNOHANG) != 0)
			die("the process with the plugins does not begin");
		timing_sleep(100000);
	}
}

struct plugins *plugins_start(uint64_t life_ns)
{
	struct plugins *plugins = mmap(NULL, sizeof(*plugins), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t self = getpid(), pid;

	if (plugins == MAP_FAILED)
		die("cannot map memory");
	plugins->life_ns = life_ns;
	find_paths(plugins);
	pid = fork();
	if (pid < 0)
		die("cannot fork");
	if (pid == 0)
		live(plugins, self);
	plugins->pid = pid;
	wait_for_first(plugins);
	return plugins;
}

void plugins_stop(struct plugins *plugins)
{
	kill(plugins->pid, SIGKILL);
	waitpid(plugins->pid, NULL, 0);
}

void plugins_free(struct plugins *plugins)
{
	munmap(plugins, sizeof(*plugins));
}

/* The last call that had begun by then. */
static const struct plugins_call *call_at(const struct plugins *plugins, uint64_t time_ns)
{
	size_t low = 0, high = plugins->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (plugins->calls[middle].begin_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &plugins->calls[low - 1] : NULL;
}

uint32_t plugins_at(const struct plugins *plugins, uint64_t address, uint64_t time_ns)
{
	const struct plugins_call *call = call_at(plugins, time_ns);

	if (!call || (call->end_ns && time_ns > call->end_ns))
		return PLUGINS;
	if (address < call->start || address >= call->end)
		return PLUGINS;
	return call->plugin;
}

uint32_t plugins_of_path(const struct plugins *plugins, const char *path)
{
	uint32_t i = 0;

	while (i < PLUGINS && strcmp(plugins->files[i].path, path) != 0)
		i++;
	return i;
}

uint32_t plugins_of_build_id(const struct plugins *plugins, const uint8_t *bytes, size_t length)
{
	uint32_t i = 0;

	while (i < PLUGINS && (plugins->files[i].build_id_length != length ||
			       memcmp(plugins->files[i].build_id, bytes, length) != 0))
		i++;
	return i;
}
