/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files does the machine, or a process, spend its time in?
 *
 *   cc profiler.c $(pkg-config --cflags --libs mapsnap-table) -o profiler
 *   cc -DHAVE_BPF profiler.c $(pkg-config --cflags --libs mapsnap-table mapsnap-bpf) -o profiler
 *   ./profiler SECONDS [PID]
 *
 * Draws samples of all processors, outside of the kernel, for which it needs
 * CAP_PERFMON, and resolves each as of the moment when it was drawn. The first
 * can prove what was mapped then by the kernel's own sequence alone, the second by
 * eBPF too, see mapsnap-bpf.h.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <mapsnap-table.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_BPF
#include <mapsnap-bpf.h>
#endif

#define RING_PAGES 64 /* a power of two; for each processor */
#define SHOWN      20

#define MOST_RECORDS 65536

/* As the kernel writes what is asked for below. */
struct record {
	struct perf_event_header header;
	uint64_t address;
	int32_t pid, thread;
	uint64_t time_ns;
};

/* A page of a file, or of memory of no file. */
struct place {
	char *path;
	struct mapsnap_build_id id;
	uint64_t page; /* offset in the file */
	size_t samples;
	size_t hottest; /* of a whole file: samples of the page */
};

static struct mapsnap_table *table;
static void *places; /* a tree of struct place */
static size_t moments[3], unknown, unreadable;

/* What the kernel shares with us for this processor: records lie behind it. NULL, and errno. */
static struct perf_event_mmap_page *open_ring(int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = 999,
		.freq = 1,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.exclude_kernel = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC, /* that of the table */
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	void *memory;

	if (fd < 0)
		return NULL;
	memory = mmap(NULL, (1 + RING_PAGES) * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static void copy(const struct perf_event_mmap_page *ring, uint64_t at, void *to, size_t size)
{
	const char *data = (const char *)ring + ring->data_offset;

	for (size_t i = 0; i < size; i++)
		((char *)to)[i] = data[(at + i) % ring->data_size];
}

/* Takes the next record, or says that there is none yet. */
static int take(struct perf_event_mmap_page *ring, struct record *record)
{
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->data_tail;

	if (tail == head)
		return 0;
	copy(ring, tail, &record->header, sizeof(record->header));
	copy(ring, tail, record,
	     record->header.size < sizeof(*record) ? record->header.size : sizeof(*record));
	__atomic_store_n(&ring->data_tail, tail + record->header.size, __ATOMIC_RELEASE);
	return 1;
}

static int by_file(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int r = strcmp(x->path, y->path);

	return r ? r : memcmp(&x->id, &y->id, sizeof(x->id));
}

static int by_page(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int r = by_file(x, y);

	return r ? r : (x->page > y->page) - (x->page < y->page);
}

static void count_place(const struct mapsnap_answer *answer)
{
	const struct mapsnap_mapping *m = answer->mapping;
	struct place key = { .page = answer->file_offset & ~(uint64_t)4095 }, **found;

	key.path = (char *)(*m->path ? m->path : mapsnap_kind_name(m->kind));
	if (answer->build_id)
		key.id = *answer->build_id;
	found = tfind(&key, &places, by_page);
	if (!found) {
		struct place *place = malloc(sizeof(*place));

		key.path = strdup(key.path);
		if (place)
			*place = key;
		found = place && key.path ? tsearch(place, &places, by_page) : NULL;
		if (!found)
			errx(EXIT_FAILURE, "out of memory");
	}
	(*found)->samples++;
}

static void resolve(const struct record *record)
{
	struct mapsnap_sample sample = { .address = record->address, .time_ns = record->time_ns };
	struct mapsnap_answer answer;

	mapsnap_table_enter();
	if (mapsnap_table_resolve_samples(table, record->pid, &sample, 1, &answer)) {
		unreadable++;
	} else if (answer.found != MAPSNAP_FOUND_MAPPING) {
		unknown++;
	} else {
		moments[answer.moment]++;
		count_place(&answer);
	}
	mapsnap_table_leave();
}

/* A process that is seen for the first time is read now, and not as of its first sample. */
static void add(pid_t pid)
{
	struct mapsnap_member member;

	if (mapsnap_table_member(table, pid, &member))
		mapsnap_table_add(table, pid); /* or it is counted as unreadable */
}

/* Samples first, then what was mapped: so there is a snapshot before and one after. */
static void go_round(struct perf_event_mmap_page **rings, size_t processors, pid_t pid)
{
	static struct record records[MOST_RECORDS];
	size_t count = 0;
	int error;

	for (size_t i = 0; i < processors; i++)
		while (count < MOST_RECORDS && take(rings[i], &records[count]))
			count += records[count].header.type == PERF_RECORD_SAMPLE &&
				 (pid ? records[count].pid == pid : records[count].pid > 0);
	for (size_t i = 0; i < count; i++)
		add(records[i].pid);
	error = mapsnap_table_refresh(table, NULL);
	if (error)
		errx(EXIT_FAILURE, "cannot ask what has changed: %s", strerror(-error));
	for (size_t i = 0; i < count; i++)
		resolve(&records[i]);
}

static struct place *row;
static size_t rows;

/* The pages come in the order of the files: those of one are added up. */
static void take_row(const void *node, VISIT order, int depth)
{
	const struct place *place = *(struct place *const *)node;
	struct place *last;

	(void)depth;
	if (order != postorder && order != leaf)
		return;
	if (rows == 0 || by_file(&row[rows - 1], place)) {
		row = reallocarray(row, rows + 1, sizeof(*row));
		if (!row)
			errx(EXIT_FAILURE, "out of memory");
		row[rows] = *place;
		row[rows++].samples = 0;
	}
	last = &row[rows - 1];
	last->samples += place->samples;
	if (place->samples > last->hottest) {
		last->hottest = place->samples;
		last->page = place->page;
	}
}

static int by_samples(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->samples < y->samples) - (x->samples > y->samples);
}

static void print_row(const struct place *place, size_t resolved)
{
	char id[9] = "-";

	for (size_t i = 0; i < 4 && i < place->id.length; i++)
		snprintf(id + 2 * i, 3, "%02x", place->id.bytes[i]);
	printf("%6.2f%%  %-8s  %#10" PRIx64 "  %5.1f%%  %s\n",
	       100.0 * (double)place->samples / (double)resolved, id, place->page,
	       100.0 * (double)place->hottest / (double)place->samples, place->path);
}

static void report(void)
{
	size_t exact = moments[MAPSNAP_MOMENT_EXACT], near = moments[MAPSNAP_MOMENT_NEAR];

	twalk(places, take_row);
	qsort(row, rows, sizeof(*row), by_samples);
	printf("%7s  %-8s  %10s  %6s  %s\n", "share", "build-id", "hottest at", "of it", "file");
	for (size_t i = 0; i < rows && i < SHOWN; i++)
		print_row(&row[i], exact + near);
	printf("%zu exact, %zu near, %zu unknown, %zu of processes that could not be read\n", exact,
	       near, unknown, unreadable);
}

/* NULL: the kernel's own, or none. */
static const struct mapsnap_sequence *find_source(void)
{
	if (mapsnap_kernel_source() != MAPSNAP_SOURCE_NONE)
		return NULL;
#ifdef HAVE_BPF
	static struct mapsnap_bpf *bpf;
	int error = mapsnap_bpf_open(&bpf);

	if (error == 0)
		return mapsnap_bpf_sequence(bpf);
	warnx("no source by eBPF: %s", mapsnap_bpf_reason(error));
#endif
	warnx("without a source no answer is proved to be exact");
	return NULL;
}

static void make_table(void)
{
	struct mapsnap_options read = {
		.size = sizeof(read),
		.filter = MAPSNAP_EXECUTE, /* samples are of code */
		.sequence = find_source(),
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_table_options options = {
		.size = sizeof(options),
		.read = &read,
		.history = 16,
	};
	int error = mapsnap_table_new(&options, &table);

	if (error)
		errx(EXIT_FAILURE, "cannot make a table: %s", strerror(-error));
}

static struct perf_event_mmap_page **open_rings(size_t *processors)
{
	long most = sysconf(_SC_NPROCESSORS_CONF);
	struct perf_event_mmap_page **rings =
		calloc((size_t)most, sizeof(struct perf_event_mmap_page *));

	if (!rings)
		errx(EXIT_FAILURE, "out of memory");
	*processors = 0;
	for (int cpu = 0; cpu < most; cpu++) {
		struct perf_event_mmap_page *ring = open_ring(cpu);

		if (ring)
			rings[(*processors)++] = ring;
		else if (errno == EACCES || errno == EPERM)
			errx(EXIT_FAILURE,
			     "cannot draw samples: it takes CAP_PERFMON, as root has it");
		else if (errno != ENODEV) /* that it is switched off is no failure */
			err(EXIT_FAILURE, "cannot draw samples of processor %d", cpu);
	}
	return rings;
}

static long number(const char *text, const char *what)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value <= 0 || value > 1000000000)
		errx(EXIT_FAILURE, "%s: not %s", text, what);
	return value;
}

int main(int argc, char **argv)
{
	const struct timespec interval = { .tv_nsec = 100000000 };
	struct perf_event_mmap_page **rings;
	size_t processors;
	long rounds;
	pid_t pid;

	if (argc < 2 || argc > 3)
		errx(EXIT_FAILURE, "usage: profiler SECONDS [PID]");
	rounds = 10 * number(argv[1], "a number of seconds");
	pid = argc > 2 ? (pid_t)number(argv[2], "a process number") : 0;
	make_table();
	if (pid) {
		int error = mapsnap_table_add(table, pid);

		if (error)
			errx(EXIT_FAILURE, "cannot read process %d: %s", (int)pid,
			     strerror(-error));
	}
	rings = open_rings(&processors);
	for (; rounds > 0; rounds--) {
		nanosleep(&interval, NULL);
		go_round(rings, processors, pid);
	}
	report();
	free(rings);
	mapsnap_table_free(table);
	if (fflush(stdout) || ferror(stdout))
		err(EXIT_FAILURE, "standard output");
	return EXIT_SUCCESS;
}
