/* SPDX-License-Identifier: BSD-2-Clause */
/* cmocka with the headers that it needs, and what several of these tests assert. */
#ifndef ASSERTS_H
#define ASSERTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "maps_text.h"
#include "mapsnap.h"

/* Skips this test; the reason goes where test.sh finds it. */
#define skip_because(...)                     \
	do {                                  \
		printf("skip: " __VA_ARGS__); \
		putchar('\n');                \
		fflush(stdout);               \
		skip();                       \
	} while (0)

/* Options that take what can be had, by this route. */
struct mapsnap_options unverified_by(uint32_t route);

/* Whether this kernel has the route; it is tried on this process. */
bool has_route(uint32_t route);

#define need_snapshot()                                                       \
	do {                                                                  \
		if (!has_route(MAPSNAP_ROUTE_SNAPSHOT))                       \
			skip_because("needs a kernel with PROCMAP_SNAPSHOT"); \
	} while (0)

/* A snapshot with these options; NULL: by the text, of everything. */
struct mapsnap *must_read(struct mapsnap_process *process, const struct mapsnap_options *options);
struct mapsnap *must_read_pid(pid_t pid, const struct mapsnap_options *options);

struct mapsnap_process *must_open(pid_t pid);

/* The process by this file alone, which tells nothing else of it. */
struct mapsnap_process *must_open_maps(pid_t pid);

/* -1 where it can't be had. */
int open_pidfd(pid_t pid);
int open_file_of(pid_t pid, const char *name);

/* It reads, and has mappings. */
void assert_readable(struct mapsnap_process *process);

/* By either route, again and again, with a sentence. */
void assert_read_fails(struct mapsnap_process *process, int error);

/* The text that cat shows now, as a snapshot. */
struct mapsnap *parsed_from_cat(pid_t pid);

/* Every mapping written back, in order. */
struct maps_text text_of(const struct mapsnap *snapshot);

/* Memory that children share. */
void *shared_page(void);
void unshare_page(void *page);

void assert_same_text(const struct maps_text *a, const struct maps_text *b);

/* The snapshot shows what cat shows now. */
void assert_as_cat(const struct mapsnap *snapshot, pid_t pid);

/*
 * The same in every field but the path, which the text does not know for certain,
 * and its flags.
 */
void assert_same_mapping(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b);

void assert_same_mappings(const struct mapsnap *a, const struct mapsnap *b);
void assert_no_difference(const struct mapsnap *a, const struct mapsnap *b);

/* How many this process has. */
uintptr_t open_descriptors(void);

/* Around a test: it leaves as many descriptors open as it found. */
int count_descriptors(void **state);
int assert_no_descriptor_left(void **state);

#define tidy_test(f) \
	cmocka_unit_test_setup_teardown(f, count_descriptors, assert_no_descriptor_left)

/* Runs the tests, or only those whose name matches the first argument. */
#define run_suite(tests, setup, teardown)                      \
	(argc > 1 ? cmocka_set_test_filter(argv[1]) : (void)0, \
	 cmocka_run_group_tests(tests, setup, teardown))

#endif
