/* SPDX-License-Identifier: BSD-2-Clause */
#include "allocations.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "unit.h"

static size_t blocks, bytes;
static size_t until_failure;
static bool failed, forbidden;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **block, size_t alignment, size_t size);
void __real_free(void *block);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);
void __wrap_free(void *block);

void allocations_fail_at(size_t n)
{
	until_failure = n;
	failed = false;
}

bool allocations_failed(void)
{
	until_failure = 0;
	return failed;
}

void allocations_forbid(void)
{
	forbidden = true;
}

void allocations_allow(void)
{
	forbidden = false;
}

size_t allocations_bytes(void)
{
	return bytes;
}

static bool fails(void)
{
	if (forbidden) {
		forbidden = false;
		fail_msg("an allocation where none is allowed");
	}
	if (until_failure == 0 || --until_failure > 0)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

static void *came(void *block)
{
	if (block) {
		blocks++;
		bytes += malloc_usable_size(block);
	}
	return block;
}

static void goes(void *block)
{
	if (block) {
		blocks--;
		bytes -= malloc_usable_size(block);
	}
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : came(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : came(__real_calloc(n, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	if (fails())
		return NULL;
	goes(block);
	return came(__real_realloc(block, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : came(__real_aligned_alloc(alignment, size));
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
	int r = fails() ? ENOMEM : __real_posix_memalign(block, alignment, size);

	if (r == 0)
		came(*block);
	return r;
}

void __wrap_free(void *block)
{
	goes(block);
	__real_free(block);
}

void assert_survives_every_failure(void (*attempt)(void *context), void *context)
{
	size_t n = 0;

	do {
		size_t blocks_before = blocks, bytes_before = bytes;

		allocations_fail_at(++n);
		attempt(context);
		assert_int_equal(blocks, blocks_before);
		assert_int_equal(bytes, bytes_before);
	} while (allocations_failed());
	assert_true(n > 1);
}

bool ran_out(int r)
{
	bool out = r == -ENOMEM;

	if (out)
		assert_true(allocations_failed());
	else
		assert_int_equal(r, 0);
	return out;
}
