/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which files does the machine, or a process, spend its time in?
 *
 *   cc profiler.c $(pkg-config --cflags --libs mapsnap-table) -o profiler
 *   cc -DHAVE_BPF profiler.c $(pkg-config --cflags --libs mapsnap-table mapsnap-bpf) -o profiler
 *   ./profiler SECONDS [PID]
 *
 * Draws samples of all processors, outside of the kernel, for which it needs CAP_PERFMON, and
 * resolves each as of the moment when it was drawn. The first can prove what was mapped then by the
 * kernel's own sequence alone, the second by eBPF too, see mapsnap-bpf.h.
 */
#include <err.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <mapsnap-table.h>
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

#define MOST_CPUS  1024
#define MOST_FILES 4096
#define RING_PAGES 64 /* a power of two */
#define PAGE_SIZE  ((size_t)sysconf(_SC_PAGESIZE))

/* As the kernel writes what is asked for in open_ring(). */
struct record {
	struct perf_event_header header;
	uint64_t address;
	int32_t pid, thread;
	uint64_t time_ns;
};

static struct file {
	char name[256];
	struct mapsnap_build_id id;
	size_t samples;
} files[MOST_FILES];

static size_t moments[3], unknown;

/* What the kernel shares with us for this processor; NULL where that is switched off. */
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
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	void *ring;

	if (fd < 0 && errno == ENODEV)
		return NULL;
	if (fd < 0)
		err(EXIT_FAILURE, "cannot draw samples, which takes CAP_PERFMON");
	ring = mmap(NULL, (1 + RING_PAGES) * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		err(EXIT_FAILURE, "cannot map samples");
	return ring;
}

/* Takes the next record, or says that there is none yet. */
static int take(struct perf_event_mmap_page *ring, struct record *record)
{
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE), at = ring->data_tail;
	const char *data = (const char *)ring + ring->data_offset;

	if (at == head)
		return 0;
	for (size_t i = 0; i < sizeof(*record); i++) /* it may go on at the beginning */
		((char *)record)[i] = data[(at + i) % ring->data_size];
	__atomic_store_n(&ring->data_tail, at + record->header.size, __ATOMIC_RELEASE);
	return 1;
}

static void count(const struct mapsnap_answer *answer)
{
	static const struct mapsnap_build_id none;
	const struct mapsnap_build_id *id = answer->build_id ? answer->build_id : &none;
	const struct mapsnap_mapping *m = answer->mapping;
	const char *name = *m->path ? m->path : mapsnap_kind_name(m->kind);
	struct file *file = files;

	while (file->samples && (strncmp(file->name, name, sizeof(file->name) - 1) ||
				 memcmp(&file->id, id, sizeof(*id))))
		if (++file == files + MOST_FILES)
			return;
	snprintf(file->name, sizeof(file->name), "%s", name);
	file->id = *id;
	file->samples++;
}

static void resolve(struct mapsnap_table *table, const struct record *record)
{
	struct mapsnap_sample sample = { .address = record->address, .time_ns = record->time_ns };
	struct mapsnap_answer answer;

	mapsnap_table_enter();
	if (mapsnap_table_resolve_samples(table, record->pid, &sample, 1, &answer) ||
	    answer.found != MAPSNAP_FOUND_MAPPING) {
		unknown++;
	} else {
		moments[answer.moment]++;
		count(&answer);
	}
	mapsnap_table_leave();
}

/* Samples first, then what was mapped: so there is a snapshot before and one after. */
static void go_round(struct mapsnap_table *table, struct perf_event_mmap_page **rings, pid_t pid)
{
	static struct record records[65536];
	struct mapsnap_member member;
	size_t n = 0;

	for (int cpu = 0; cpu < MOST_CPUS; cpu++)
		while (rings[cpu] && n < 65536 && take(rings[cpu], &records[n]))
			n += records[n].header.type == PERF_RECORD_SAMPLE && records[n].pid > 0 &&
			     (pid == 0 || records[n].pid == pid);
	for (size_t i = 0; i < n; i++)
		if (mapsnap_table_member(table, records[i].pid, &member))
			mapsnap_table_add(table, records[i].pid); /* or it stays unknown */
	mapsnap_table_refresh(table, NULL);
	for (size_t i = 0; i < n; i++)
		resolve(table, &records[i]);
}

static int by_samples(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return (x->samples < y->samples) - (x->samples > y->samples);
}

static void report(void)
{
	size_t exact = moments[MAPSNAP_MOMENT_EXACT], near = moments[MAPSNAP_MOMENT_NEAR];

	qsort(files, MOST_FILES, sizeof(*files), by_samples);
	printf("%7s  %-8s  %s\n", "share", "build-id", "file");
	for (const struct file *file = files; file < files + 20 && file->samples; file++)
		printf("%6.2f%%  %02x%02x%02x%02x  %s\n",
		       100.0 * (double)file->samples / (double)(exact + near), file->id.bytes[0],
		       file->id.bytes[1], file->id.bytes[2], file->id.bytes[3], file->name);
	printf("%zu exact, %zu near, %zu unknown\n", exact, near, unknown);
}

int main(int argc, char **argv)
{
	static struct perf_event_mmap_page *rings[MOST_CPUS];
	struct mapsnap_options read = {
		.size = sizeof(read),
		.filter = MAPSNAP_EXECUTE, /* samples are of code */
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct mapsnap_table_options options = { .size = sizeof(options),
						 .read = &read,
						 .history = 16 };
	int rounds = argc > 1 ? 10 * atoi(argv[1]) : 0, pid = argc > 2 ? atoi(argv[2]) : 0;
	struct mapsnap_table *table;
	int error;

	if (rounds <= 0 || argc > 3)
		errx(EXIT_FAILURE, "usage: profiler SECONDS [PID]");
#ifdef HAVE_BPF
	struct mapsnap_bpf *bpf = NULL;

	if (mapsnap_kernel_source() == MAPSNAP_SOURCE_NONE && (error = mapsnap_bpf_open(&bpf)))
		warnx("nothing will be exact: %s", mapsnap_bpf_reason(error));
	if (bpf)
		read.sequence = mapsnap_bpf_sequence(bpf);
#endif
	error = mapsnap_table_new(&options, &table);
	if (error == 0 && pid)
		error = mapsnap_table_add(table, pid);
	if (error)
		errx(EXIT_FAILURE, "cannot read process %d: %s", pid, strerror(-error));
	for (int cpu = 0; cpu < MOST_CPUS && cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++)
		rings[cpu] = open_ring(cpu);
	for (; rounds > 0; rounds--) {
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		go_round(table, rings, pid);
	}
	report();
	mapsnap_table_free(table);
	return EXIT_SUCCESS;
}
