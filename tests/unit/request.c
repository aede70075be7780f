/* SPDX-License-Identifier: BSD-2-Clause */
#include "request.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

#define MS UINT64_C(1000000)

static int no_sequence(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	(void)self;
	(void)maps_fd;
	(void)sequence;
	return -EIO;
}

static const struct mapsnap_sequence a_source = {
	.size = sizeof(a_source),
	.source = MAPSNAP_SOURCE_BPF,
	.read = no_sequence,
};

static int convert(struct mapsnap_options options)
{
	struct request request;

	options.size = sizeof(options);
	return request_from_options(&request, &options);
}

static void no_options_are_the_defaults(void **state)
{
	const struct mapsnap_options zero = { .size = sizeof(zero) };
	const struct mapsnap_options *each[] = { NULL, &zero };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct request request;

		memset(&request, 0xa5, sizeof(request));
		assert_int_equal(request_from_options(&request, each[i]), 0);
		assert_int_equal(request.attempts, 5);
		assert_int_equal(request.deadline_ns, 100 * MS);
		assert_int_equal(request.fallback, MAPSNAP_FALLBACK_ERROR);
		assert_int_equal(request.route, MAPSNAP_ROUTE_AUTO);
		assert_null(request.sequence);
		assert_true(want_all(&request.want));
		assert_true(want_names(&request.want));
	}
}

static void each_option_arrives(void **state)
{
	const struct mapsnap_options options = {
		.size = sizeof(options),
		.filter = MAPSNAP_READ | MAPSNAP_FILTER_FILE,
		.omit = MAPSNAP_OMIT_NAMES,
		.range_start = 0x1000,
		.range_end = 0x3000,
		.sequence = &a_source,
		.deadline_ns = 7,
		.attempts = 9,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
		.route = MAPSNAP_ROUTE_QUERY,
	};
	struct request request;

	(void)state;
	assert_int_equal(request_from_options(&request, &options), 0);
	assert_int_equal(request.want.filter, MAPSNAP_READ | MAPSNAP_FILTER_FILE);
	assert_int_equal(request.want.omit, MAPSNAP_OMIT_NAMES);
	assert_int_equal(request.want.start, 0x1000);
	assert_int_equal(request.want.end, 0x2fff);
	assert_ptr_equal(request.sequence, &a_source);
	assert_int_equal(request.deadline_ns, 7);
	assert_int_equal(request.attempts, 9);
	assert_int_equal(request.fallback, MAPSNAP_FALLBACK_UNVERIFIED);
	assert_int_equal(request.route, MAPSNAP_ROUTE_QUERY);
}

/* As a program built against an older header passes it: nothing behind its end is read. */
static void a_shorter_struct_leaves_the_rest_at_the_defaults(void **state)
{
	(void)state;
	for (size_t size = 0; size <= sizeof(struct mapsnap_options); size++) {
		struct mapsnap_options options;
		struct request request;
		int r;

		memset(&options, 0xff, sizeof(options));
		memset(&options, 0, size);
		options.size = size;
		r = request_from_options(&request, &options);
		assert_int_equal(r, size < sizeof(options.size) ? -EINVAL : 0);
		if (r)
			continue;
		assert_int_equal(request.attempts, 5);
		assert_true(want_all(&request.want));
		assert_null(request.sequence);
	}
}

static void a_longer_struct_must_be_zero_where_it_is_not_known(void **state)
{
	struct {
		struct mapsnap_options options;
		unsigned char newer[24];
	} longer = { .options.size = sizeof(longer) };
	struct request request;

	(void)state;
	assert_int_equal(request_from_options(&request, &longer.options), 0);
	for (size_t i = 0; i < sizeof(longer.newer); i++) {
		longer.newer[i] = 1;
		assert_int_equal(request_from_options(&request, &longer.options), -E2BIG);
		longer.newer[i] = 0;
	}
}

static void unknown_bits_are_refused(void **state)
{
	const uint32_t filters = 0x3f, omissions = 0x1;

	(void)state;
	for (uint32_t bit = 1; bit; bit <<= 1) {
		assert_int_equal(convert((struct mapsnap_options){ .filter = bit }),
				 filters & bit ? 0 : -EINVAL);
		assert_int_equal(convert((struct mapsnap_options){ .omit = bit }),
				 omissions & bit ? 0 : -EINVAL);
		assert_int_equal(convert((struct mapsnap_options){ .reserved = bit }), -EINVAL);
		assert_int_equal(convert((struct mapsnap_options){ .fallback = bit }),
				 bit <= MAPSNAP_FALLBACK_FROZEN ? 0 : -EINVAL);
		assert_int_equal(convert((struct mapsnap_options){ .route = bit }),
				 bit <= MAPSNAP_ROUTE_SNAPSHOT ? 0 : -EINVAL);
	}
}

static void a_range_must_not_be_empty_or_reversed(void **state)
{
	static const struct {
		uint64_t start, end;
		int r;
	} ranges[] = {
		{ 0, 0, 0 },
		{ 0, 1, 0 },
		{ 1, 2, 0 },
		{ 0, UINT64_MAX, 0 },
		{ UINT64_MAX - 1, UINT64_MAX, 0 },
		{ 1, 0, -EINVAL },
		{ 1, 1, -EINVAL },
		{ 2, 1, -EINVAL },
		{ UINT64_MAX, UINT64_MAX, -EINVAL },
		{ UINT64_MAX, 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		assert_int_equal(convert((struct mapsnap_options){ .range_start = ranges[i].start,
								   .range_end = ranges[i].end }),
				 ranges[i].r);
}

static void what_is_no_source_is_refused(void **state)
{
	struct mapsnap_sequence source = a_source;
	const struct mapsnap_options options = { .sequence = &source };

	(void)state;
	source.size = sizeof(source) - 1;
	assert_int_equal(convert(options), -EINVAL);
	source.size = sizeof(source) + 8;
	assert_int_equal(convert(options), 0);
	source = a_source;
	source.read = NULL;
	assert_int_equal(convert(options), -EINVAL);
}

/* It is not asked, so it needs nothing to be asked by. */
static void the_source_none_is_one(void **state)
{
	struct mapsnap_sequence none = { .size = sizeof(none), .source = MAPSNAP_SOURCE_NONE };
	const struct mapsnap_options options = { .sequence = &none };

	(void)state;
	assert_int_equal(convert(options), 0);
	none.size--;
	assert_int_equal(convert(options), -EINVAL);
}

UNIT_MAIN("request", cmocka_unit_test(no_options_are_the_defaults),
	  cmocka_unit_test(each_option_arrives),
	  cmocka_unit_test(a_shorter_struct_leaves_the_rest_at_the_defaults),
	  cmocka_unit_test(a_longer_struct_must_be_zero_where_it_is_not_known),
	  cmocka_unit_test(unknown_bits_are_refused),
	  cmocka_unit_test(a_range_must_not_be_empty_or_reversed),
	  cmocka_unit_test(what_is_no_source_is_refused), cmocka_unit_test(the_source_none_is_one))
