/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROCMAP_SEQ as a 32-bit program calls it: by the 32-bit entry of the kernel,
 * which this 64-bit program can use as well, with what lies below 4 GB.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asserts.h"
#include "observation.h"
#include "uapi/procmap_seq.h"

#define NR_IOCTL_32 54

static struct procmap_seq *request;
static int maps;

static int ioctl_32(unsigned int command, void *argument)
{
	long r = NR_IOCTL_32;

	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 : "b"((long)maps), "c"((long)command), "d"(argument)
			 : "r8", "r9", "r10", "r11", "memory");
	return (int)r;
}

static int call(uint64_t size, uint64_t flags)
{
	*request = (struct procmap_seq){ .size = size, .flags = flags };
	return ioctl_32(PROCMAP_SEQ, request);
}

static void a_32_bit_caller_gets_the_same_number(void **state)
{
	uint64_t seq = 0;

	(void)state;
	assert_int_equal(call(sizeof(*request), 0), 0);
	assert_int_equal(sequence_of(maps, &seq), 0);
	assert_int_equal(request->seq, seq);
}

static void a_32_bit_caller_sees_it_move(void **state)
{
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t before;

	(void)state;
	assert_int_equal(call(sizeof(*request), 0), 0);
	before = request->seq;
	assert_int_equal(munmap(page, 4096), 0);
	assert_int_equal(call(sizeof(*request), 0), 0);
	assert_true(request->seq > before && request->seq % 2 == 0);
}

static void a_32_bit_caller_gets_the_same_errors(void **state)
{
	(void)state;
	assert_int_equal(call(sizeof(*request) - 8, 0), -EINVAL);
	assert_int_equal(call(sizeof(*request), 1), -EINVAL);
	assert_int_equal(call(4097, 0), -E2BIG);
	assert_int_equal(ioctl_32(PROCMAP_SEQ, NULL), -EFAULT);
}

/* The upper half of the address is not the caller's: it has none. */
static void a_32_bit_call_takes_32_bits_of_the_address(void **state)
{
	(void)state;
	*request = (struct procmap_seq){ .size = sizeof(*request) };
	assert_int_equal(ioctl_32(PROCMAP_SEQ, (char *)request + (1UL << 32)), 0);
	assert_true(request->seq > 0);
}

static int open_own_maps(void **state)
{
	(void)state;
	request = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		       -1, 0);
	maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	return request == MAP_FAILED || maps < 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_32_bit_caller_gets_the_same_number),
		cmocka_unit_test(a_32_bit_caller_sees_it_move),
		cmocka_unit_test(a_32_bit_caller_gets_the_same_errors),
		cmocka_unit_test(a_32_bit_call_takes_32_bits_of_the_address),
	};

	return run_suite(tests, open_own_maps, NULL);
}
