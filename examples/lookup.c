/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which file, and where in it, is at these addresses of a process?
 *
 *   cc lookup.c $(pkg-config --cflags --libs mapsnap) -o lookup
 *   ./lookup PID ADDRESS...
 *
 * Addresses are hexadecimal, with or without 0x. What a profiler does with its
 * samples: one snapshot, one call for all of them.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <mapsnap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *text, int base, uint64_t most, const char *what)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, base);
	/* strtoull() takes a minus sign and what stands behind the digits. */
	if (errno || *end || end == text || strchr(text, '-') || value > most)
		errx(EXIT_FAILURE, "%s: not %s", text, what);
	return value;
}

static struct mapsnap *read_process(pid_t pid)
{
	const struct mapsnap_options options = {
		.size = sizeof(options),
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int error = mapsnap_open_pid(pid, &process);

	if (error)
		errx(EXIT_FAILURE, "cannot open process %d: %s", (int)pid, strerror(-error));
	error = mapsnap_read(process, &options, &snapshot);
	if (error)
		errx(EXIT_FAILURE, "cannot read process %d: %s", (int)pid, mapsnap_error(process));
	mapsnap_close(process);
	return snapshot;
}

static void print_place(uint64_t address, const struct mapsnap_mapping *mapping)
{
	printf("0x%" PRIx64 " ", address);
	if (!mapping)
		printf("is not mapped\n");
	else if (mapping->kind == MAPSNAP_KIND_FILE)
		/* The name, not the path: it is one line, and says "(deleted)". */
		printf("%s, offset 0x%" PRIx64 "\n", mapping->name,
		       address - mapping->start + mapping->offset);
	else
		printf("is in no file: %s\n", mapsnap_kind_name(mapping->kind));
}

int main(int argc, char **argv)
{
	const struct mapsnap_mapping **found;
	struct mapsnap *snapshot;
	uint64_t *addresses;
	pid_t pid;
	size_t n;

	if (argc < 3)
		errx(EXIT_FAILURE, "usage: lookup PID ADDRESS...");
	n = (size_t)argc - 2;
	addresses = calloc(n, sizeof(*addresses));
	found = calloc(n, sizeof(*found));
	if (!addresses || !found)
		err(EXIT_FAILURE, "%zu addresses", n);
	pid = (pid_t)number(argv[1], 10, INT_MAX, "a process number");
	for (size_t i = 0; i < n; i++)
		addresses[i] = number(argv[i + 2], 16, UINT64_MAX, "a hexadecimal address");

	snapshot = read_process(pid);
	mapsnap_find_many(snapshot, addresses, n, found);
	for (size_t i = 0; i < n; i++)
		print_place(addresses[i], found[i]);
	if (mapsnap_info(snapshot)->consistency == MAPSNAP_UNVERIFIED)
		warnx("unverified, so mappings of different moments may be mixed: %s",
		      mapsnap_reason_text(mapsnap_info(snapshot)->reason));

	mapsnap_unref(snapshot);
	free(found);
	free(addresses);
	if (fflush(stdout) || ferror(stdout))
		err(EXIT_FAILURE, "standard output");
	return EXIT_SUCCESS;
}
