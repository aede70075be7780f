/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way to change an address space that we know of, against the maps
 * sequence of this kernel. With --table: what was observed, for the
 * documentation, on stdout.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "observation.h"
#include "operation.h"
#include "scene.h"
#include "table.h"

#define MOST 256

/* In the order of the table. */
static const struct operation_group *const groups[] = {
	&operations_mmap, &operations_mremap,  &operations_protect, &operations_seal,
	&operations_brk,  &operations_stack,   &operations_names,   &operations_prctl,
	&operations_lock, &operations_advise,  &operations_numa,    &operations_fault,
	&operations_uffd, &operations_special, &operations_uprobe,  &operations_process,
	&operations_exec, &operations_file,
};

static const struct operation *operations[MOST];
static struct observation observations[MOST];
static size_t count;

static void list_operations(void)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (size_t i = 0; i < groups[g]->count && count < MOST; i++)
			operations[count++] = &groups[g]->operations[i];
}

static const struct observation *observation_of(size_t i)
{
	if (!observations[i].made)
		observations[i] = observe(operations[i]);
	return &observations[i];
}

static void assert_kept(enum promise promise, const struct observation *seen)
{
	bool text = observed_other_text(seen), number = observed_other_number(seen);

	if (text != (promise == CHANGES || promise == UNSEEN))
		fail_msg("the text %s", text ? "changed" : "stayed");
	if (promise != SPARES && number != (promise == CHANGES || promise == RETURNS))
		fail_msg("the text %s, the number %s", text ? "changed" : "stayed",
			 number ? "moved" : "stayed");
}

static void the_number_is_right(void **state)
{
	size_t i = (size_t)((const struct operation **)*state - operations);
	const struct observation *seen = observation_of(i);

	if (seen->skipped)
		skip_because("%s", seen->skipped);
	assert_int_equal(seen->result, operations[i]->result);
	assert_int_equal(seen->before.error, 0);
	assert_true(seen->before.seq > 0 && seen->before.seq % 2 == 0);
	if (operations[i]->promise == LEAVES) {
		assert_true(seen->after.error == -ESRCH || seen->after.error == -ESTALE);
		return;
	}
	assert_int_equal(seen->after.error, 0);
	assert_true(seen->after.seq >= seen->before.seq && seen->after.seq % 2 == 0);
	assert_kept(operations[i]->promise, seen);
}

static void write_table(FILE *out)
{
	table_begin(out);
	for (size_t i = 0; i < count; i++)
		table_row(out, operations[i], observation_of(i));
}

/* The file as it was when this was built. */
extern const char documented[], documented_end[];
__asm__(".section .rodata\ndocumented: .incbin \"" OPERATIONS_MD
	"\"\ndocumented_end:\n.previous\n");

static const char *line_of(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return text + at;
}

static void the_documented_table_is_what_is_observed(void **state)
{
	size_t at, size = 0, expected = (size_t)(documented_end - documented);
	char *table = NULL;
	FILE *out = open_memstream(&table, &size);

	(void)state;
	write_table(out);
	fclose(out);
	for (at = 0; at < size && at < expected && table[at] == documented[at]; at++)
		;
	if (at < size || at < expected)
		fail_msg("from byte %zu on; now that line is: %.*s", at,
			 (int)strcspn(line_of(table, at), "\n"), line_of(table, at));
	free(table);
}

/* A name that cmocka and shells take as one word. */
static const char *case_name(const char *name)
{
	char *slug = NULL, *to;

	if (asprintf(&slug, "the_number_is_right_about_%s", name) < 0)
		abort();
	to = slug;
	for (const char *c = slug; *c; c++)
		if (isalnum((unsigned char)*c))
			*to++ = *c;
		else if (to[-1] != '_')
			*to++ = '_';
	*to = '\0';
	return slug;
}

static int run_cases(int argc, char **argv)
{
	struct CMUnitTest tests[MOST + 1] = { 0 };

	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = case_name(operations[i]->name),
						.test_func = the_number_is_right,
						.initial_state = &operations[i] };
	tests[count] =
		(struct CMUnitTest)cmocka_unit_test(the_documented_table_is_what_is_observed);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("operations", tests, count + 1, NULL, NULL);
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/operations-XXXXXX";

	if (argc > 1 && strcmp(argv[1], "--stop") == 0)
		forked_idle(NULL);
	if (scene_share() || !mkdtemp(folder) || chdir(folder))
		return 1;
	list_operations();
	if (argc > 1 && strcmp(argv[1], "--table") == 0)
		write_table(stdout);
	else
		return run_cases(argc, argv);
	return 0;
}
