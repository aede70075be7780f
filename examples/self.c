/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of our own mappings holds this address?
 *
 *   cc self.c $(pkg-config --cflags --libs mapsnap) -o self
 *   ./self
 *
 * Prints the mappings of this very process, and in which of them its code, its
 * data, its heap and its stack are.
 */
#include <err.h>
#include <inttypes.h>
#include <mapsnap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int data = 1;

/* Everything is read before anything is printed: printing may allocate, and so map. */
static int read_self(struct mapsnap **snapshot)
{
	/*
	 * Where the kernel has no sequence nothing here proves that no mapping
	 * changed meanwhile, so that the label is "unverified"; the library takes
	 * care that reading itself changes none. A program of one thread knows the
	 * rest: there was nobody else to do it.
	 */
	const struct mapsnap_options options = {
		.size = sizeof(options),
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_process *process;
	int error = mapsnap_open_pid(getpid(), &process);

	if (error) {
		warnx("cannot open /proc/%d/maps: %s", (int)getpid(), strerror(-error));
		return error;
	}
	error = mapsnap_read(process, &options, snapshot);
	if (error)
		warnx("cannot read our own mappings: %s", mapsnap_error(process));
	mapsnap_close(process);
	return error;
}

/* The line as /proc/self/maps has it. */
static int print_mapping(const struct mapsnap_mapping *mapping)
{
	size_t length = mapsnap_format(mapping, NULL, 0);
	char *line = malloc(length + 1);

	if (!line) {
		warn("cannot print a mapping");
		return -1;
	}
	mapsnap_format(mapping, line, length + 1);
	fputs(line, stdout);
	free(line);
	return 0;
}

static int print_all(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *mapping;

	while ((mapping = mapsnap_walk_next(&walk)))
		if (print_mapping(mapping))
			return -1;
	return 0;
}

static void print_where(const struct mapsnap *snapshot, const char *what, const void *pointer)
{
	uint64_t address = (uintptr_t)pointer;
	const struct mapsnap_mapping *mapping = mapsnap_find(snapshot, address);

	if (mapping)
		printf("%-6s 0x%" PRIx64 " is in %" PRIx64 "-%" PRIx64 " (%s)\n", what, address,
		       mapping->start, mapping->end, mapsnap_kind_name(mapping->kind));
	else
		printf("%-6s 0x%" PRIx64 " is in no mapping\n", what, address);
}

int main(void)
{
	struct mapsnap *snapshot;
	void *heap = malloc(1);
	int error;

	if (!heap)
		err(EXIT_FAILURE, "cannot have a heap to show");
	error = read_self(&snapshot);
	if (!error) {
		error = print_all(snapshot);
		print_where(snapshot, "code", (const void *)(uintptr_t)main);
		print_where(snapshot, "data", &data);
		print_where(snapshot, "heap", heap);
		print_where(snapshot, "stack", &error);
		printf("%zu mappings, %s: %s\n", mapsnap_count(snapshot),
		       mapsnap_consistency_name(mapsnap_info(snapshot)->consistency),
		       mapsnap_reason_text(mapsnap_info(snapshot)->reason));
		mapsnap_unref(snapshot);
	}
	free(heap);
	if (fflush(stdout) || ferror(stdout))
		err(EXIT_FAILURE, "standard output");
	return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
