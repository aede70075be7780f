/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence by eBPF on this machine's kernel. Needs root. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "mapsnap-bpf.h"
#include "request.h"
#include "system/asserts.h"
#include "target.h"

static struct mapsnap_bpf *bpf;

static int ask(int maps_fd, uint64_t *sequence)
{
	const struct mapsnap_sequence *source = mapsnap_bpf_sequence(bpf);

	return source->read(source, maps_fd, sequence);
}

static uint64_t sequence_of(const struct target *target)
{
	uint64_t sequence = 0;

	assert_int_equal(ask(target->maps_fd, &sequence), 0);
	return sequence;
}

static int start(void **state)
{
	static struct target target;

	target_start(&target, TARGET_MAIN);
	*state = &target;
	return 0;
}

static int stop(void **state)
{
	target_stop(*state);
	return 0;
}

static void the_source_says_what_it_is(void **state)
{
	const struct mapsnap_sequence *source = mapsnap_bpf_sequence(bpf);

	(void)state;
	assert_int_equal(source->size, sizeof(*source));
	assert_int_equal(source->source, MAPSNAP_SOURCE_BPF);
	assert_int_equal(source->valid_ns, 60 * SECOND);
	assert_int_equal(fcntl(mapsnap_bpf_fd(bpf), F_GETFD), FD_CLOEXEC);
}

static void a_sequence_at_rest_is_even_and_stays(void **state)
{
	uint64_t first = sequence_of(*state);

	assert_int_equal(first % 2, 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(sequence_of(*state), first);
}

static void each_change_of_the_map_grows_it_by_two(void **state)
{
	const enum target_order orders[] = { TARGET_MAP, TARGET_PROTECT, TARGET_UNMAP };
	uint64_t before;

	/* The first write to its variables and stack is done. */
	target_order(*state, TARGET_MAP);
	before = sequence_of(*state);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		target_order(*state, orders[i]);
		assert_int_equal(sequence_of(*state), before + 2);
		before += 2;
	}
}

static void own_changes_show_too(void **state)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	uint64_t before, after;
	void *page;

	(void)state;
	assert_int_equal(ask(fd, &before), 0);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_int_equal(ask(fd, &after), 0);
	assert_true(after >= before + 2);
	munmap(page, 4096);
	close(fd);
}

static int run(struct request *request)
{
	union bpf_attr attributes = {
		.test = {
			.prog_fd = (uint32_t)mapsnap_bpf_fd(bpf),
			.ctx_in = (uintptr_t)request,
			.ctx_size_in = sizeof(*request),
		},
	};

	assert_int_equal(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attributes, sizeof(attributes)), 0);
	return (int)attributes.test.retval;
}

/* Which of the two rules this kernel needs. */
static bool odd_while_changing(void)
{
	struct request nothing = { .count = 0 };

	assert_int_equal(run(&nothing), 0);
	return nothing.counter == REQUEST_SEQCOUNT;
}

static void a_request_for_more_than_it_holds_is_refused(void **state)
{
	const uint32_t counts[] = { REQUEST_ENTRIES + 1, 1 << 16, INT32_MAX, UINT32_MAX };
	struct request request;

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		request.count = counts[i];
		assert_int_equal(run(&request), -EINVAL);
	}
}

/*
 * On one processor it would take being preempted inside the section. With
 * others at work it may take a while until both run at a time.
 */
static void a_busy_map_is_seen_odd_and_changing(void **state)
{
	uint64_t end = now_ns() + 20 * SECOND, last, now;
	bool expected = odd_while_changing();
	int reads = 0, odd = 0, changed = 0;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip_because("needs two processors");
	target_order(*state, TARGET_CHURN);
	last = sequence_of(*state);
	while (reads < 100000 || ((changed < 100 || (expected && odd < 100)) && now_ns() < end)) {
		now = sequence_of(*state);
		assert_true(now >= last);
		reads++;
		odd += now % 2;
		changed += now != last;
		last = now;
	}
	print_message("           %d reads: %d odd, %d changed\n", reads, odd, changed);
	assert_int_equal(odd > 0, expected);
	assert_true(changed >= 100);
}

static void after_exit_it_is_gone(void **state)
{
	struct target *target = *state;
	uint64_t sequence = 1;

	target_order(target, TARGET_EXIT);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESRCH);
	assert_int_equal(sequence, 1);
}

static void a_zombie_is_gone(void **state)
{
	struct target *target = *state;
	uint64_t sequence;

	target_order(target, TARGET_END);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESRCH);
}

static void a_zombie_is_gone_though_another_process_keeps_the_map(void **state)
{
	struct target *target = *state;
	uint64_t sequence;
	char byte;

	target_order(target, TARGET_SHARE);
	target_order(target, TARGET_END);
	/* The map is alive, or it could not be read. */
	assert_int_equal(pread(target->maps_fd, &byte, 1, 0), 1);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESRCH);
}

static void after_exec_it_is_stale(void **state)
{
	struct target *target = *state;
	uint64_t sequence;

	target_order(target, TARGET_EXEC);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESTALE);
}

static void after_exec_it_is_stale_though_another_process_keeps_the_map(void **state)
{
	struct target *target = *state;
	uint64_t sequence;
	char byte;

	target_order(target, TARGET_SHARE);
	assert_int_equal(ask(target->maps_fd, &sequence), 0);
	target_order(target, TARGET_EXEC);
	/* The old map is alive, or it could not be read. */
	assert_int_equal(pread(target->maps_fd, &byte, 1, 0), 1);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESTALE);
}

static void after_exec_it_is_stale_though_the_new_main_thread_has_ended(void **state)
{
	struct target *target = *state;
	uint64_t sequence;

	target_order(target, TARGET_RENEW);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESTALE);
}

static void after_exec_it_is_stale_though_both_is_so(void **state)
{
	struct target *target = *state;
	uint64_t sequence;
	char byte;

	target_order(target, TARGET_SHARE);
	target_order(target, TARGET_RENEW);
	assert_int_equal(pread(target->maps_fd, &byte, 1, 0), 1);
	assert_int_equal(ask(target->maps_fd, &sequence), -ESTALE);
}

static void after_exec_another_open_finds_the_new_map(void **state)
{
	struct target *target = *state;
	char path[64];
	uint64_t sequence;

	target_order(target, TARGET_EXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", target->pid);
	close(target->maps_fd);
	target->maps_fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(ask(target->maps_fd, &sequence), 0);
}

static void the_end_of_the_main_thread_is_not_that_of_the_process(void **state)
{
	struct target target;
	uint64_t before, after;

	(void)state;
	target_start(&target, TARGET_OTHER);
	assert_int_equal(ask(target.maps_fd, &before), 0);
	target_order(&target, TARGET_MAP);
	assert_int_equal(ask(target.maps_fd, &after), 0);
	assert_true(after > before);
	target_order(&target, TARGET_EXIT);
	assert_int_equal(ask(target.maps_fd, &after), -ESRCH);
	target_stop(&target);
}

static void a_kernel_thread_has_no_map(void **state)
{
	int fd = open("/proc/2/maps", O_RDONLY | O_CLOEXEC);
	uint64_t sequence;

	(void)state;
	if (fd < 0)
		skip_because("there are no kernel threads here");
	assert_int_equal(ask(fd, &sequence), -ESRCH);
	close(fd);
}

static void other_files_are_refused(void **state)
{
	const char *const paths[] = {
		"/proc/self/smaps",     "/proc/self/smaps_rollup",
		"/proc/self/stat",      "/proc/self/status",
		"/proc/self/mountinfo", "/proc/self/pagemap",
		"/proc/cpuinfo",        "/dev/null",
		"/proc/self/exe",       "/proc/self",
	};
	uint64_t sequence;
	int pair[2], fd;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(ask(fd, &sequence), -EINVAL);
		close(fd);
	}
	fd = eventfd(1, EFD_CLOEXEC);
	assert_int_equal(ask(fd, &sequence), -EINVAL);
	close(fd);
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(ask(pair[0], &sequence), -EINVAL);
	close(pair[0]);
	close(pair[1]);
	assert_int_equal(ask(mapsnap_bpf_fd(bpf), &sequence), -EINVAL);
}

static void what_is_not_open_is_refused(void **state)
{
	const int fds[] = { -1, -2, -1000, INT32_MIN, INT32_MAX, 1023, 1024, 65536, 1 << 20 };
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	uint64_t sequence;

	(void)state;
	close(fd);
	assert_int_equal(ask(fd, &sequence), -EBADF);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		assert_int_equal(ask(fds[i], &sequence), -EBADF);
}

static void the_task_directory_and_a_duplicate_will_do(void **state)
{
	const struct target *target = *state;
	uint64_t expected = sequence_of(target), sequence;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/maps", target->pid, target->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(ask(fd, &sequence), 0);
	assert_int_equal(sequence, expected);
	close(fd);
	fd = dup(target->maps_fd);
	assert_int_equal(ask(fd, &sequence), 0);
	assert_int_equal(sequence, expected);
	close(fd);
}

/* Enough for several requests, the last block and the last request not full. */
#define MANY 333

static int every_fd(const struct target *target, size_t i)
{
	switch (i % 7) {
	case 3:
		return 1 << 20; /* not open */
	case 5:
		return mapsnap_bpf_fd(bpf); /* no maps */
	case 6:
		return -1; /* left out */
	default:
		return target->maps_fd;
	}
}

static int every_result(size_t i, int of_maps)
{
	switch (i % 7) {
	case 3:
		return -EBADF;
	case 5:
		return -EINVAL;
	case 6:
		return 0;
	default:
		return of_maps;
	}
}

static void a_batch_of_any_size_answers_each_entry(void **state)
{
	const struct target *target = *state;
	struct mapsnap_poll entries[MANY + 1];
	uint64_t sequence = sequence_of(target);

	for (size_t n = 0; n <= MANY; n++) {
		size_t noted = 12345, expected = 0;

		memset(entries, 0x55, sizeof(entries));
		for (size_t i = 0; i < n; i++) {
			entries[i] = (struct mapsnap_poll){
				.maps_fd = every_fd(target, i),
				.sequence = sequence + (i % 7 == 1 ? 2 : 0),
				.proved_ns = now_ns(),
			};
			expected += every_result(i, i % 7 == 1) != 0;
		}
		assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), entries, n, &noted), 0);
		assert_int_equal(noted, expected);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(entries[i].result, every_result(i, i % 7 == 1));
		assert_int_equal(entries[n].result, 0x55555555);
	}
}

#define TARGETS 20

static void exactly_those_that_changed_are_noted(void **state)
{
	struct mapsnap_poll entries[TARGETS];
	struct target targets[TARGETS];
	size_t noted;

	(void)state;
	for (int i = 0; i < TARGETS; i++) {
		target_start(&targets[i], TARGET_MAIN);
		target_order(&targets[i], TARGET_MAP);
		entries[i] = (struct mapsnap_poll){
			.maps_fd = targets[i].maps_fd,
			.proved_ns = now_ns(),
			.sequence = sequence_of(&targets[i]),
		};
	}
	assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), entries, TARGETS, &noted), 0);
	assert_int_equal(noted, 0);
	target_order(&targets[3], TARGET_PROTECT);
	target_order(&targets[11], TARGET_EXIT);
	target_order(&targets[17], TARGET_EXEC);
	/* It stays noted until a new sequence is put in. */
	for (int again = 0; again < 3; again++) {
		assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), entries, TARGETS, &noted),
				 0);
		assert_int_equal(noted, 3);
		assert_int_equal(entries[3].result, 1);
		assert_int_equal(entries[3].now, entries[3].sequence + 2);
		assert_int_equal(entries[11].result, -ESRCH);
		assert_int_equal(entries[17].result, -ESTALE);
	}
	entries[3].sequence = entries[3].now;
	entries[3].proved_ns = now_ns();
	assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), entries, TARGETS, &noted), 0);
	assert_int_equal(noted, 2);
	for (int i = 0; i < TARGETS; i++)
		target_stop(&targets[i]);
}

static int result_for(const struct target *target, uint64_t sequence, uint64_t *proved_ns)
{
	struct mapsnap_poll entry = {
		.maps_fd = target->maps_fd,
		.sequence = sequence,
		.proved_ns = *proved_ns,
	};
	size_t noted;

	assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), &entry, 1, &noted), 0);
	*proved_ns = entry.proved_ns;
	return entry.result;
}

static void a_proof_holds_for_a_minute_and_is_renewed(void **state)
{
	uint64_t sequence = sequence_of(*state), now = now_ns();
	uint64_t never = 0, later = now + 3600 * SECOND;
	uint64_t recent = now - 59 * SECOND, old = now - 60 * SECOND - 1;

	/* The clock begins at boot. */
	if (now < 61 * SECOND)
		skip_because("needs a machine that has been up for a minute");
	assert_int_equal(result_for(*state, sequence, &never), 1);
	assert_int_equal(result_for(*state, sequence, &later), 1);
	assert_int_equal(result_for(*state, sequence, &old), 1);
	assert_int_equal(old, now - 60 * SECOND - 1);
	assert_int_equal(result_for(*state, sequence, &recent), 0);
	assert_true(recent >= now && recent <= now_ns());
}

/* The same odd number twice: one change, and it goes on. */
static void an_odd_sequence_counts_as_changed(void **state)
{
	uint64_t end = now_ns() + 20 * SECOND;
	int same = 0;

	if (!odd_while_changing())
		skip_because("this kernel's number is never odd");
	target_order(*state, TARGET_CHURN);
	while (same < 100 && now_ns() < end) {
		struct mapsnap_poll entry = {
			.maps_fd = ((struct target *)*state)->maps_fd,
			.sequence = sequence_of(*state),
			.proved_ns = now_ns(),
		};
		size_t noted;

		if (entry.sequence % 2 == 0)
			continue;
		assert_int_equal(mapsnap_poll(mapsnap_bpf_sequence(bpf), &entry, 1, &noted), 0);
		assert_int_equal(entry.result, 1);
		same += entry.now == entry.sequence;
	}
	assert_int_equal(same, 100);
}

struct reader {
	const struct target *target;
	uint64_t expected;
	int wrong;
};

static void *read_often(void *argument)
{
	struct reader *reader = argument;
	uint64_t sequence;

	for (int i = 0; i < 50000; i++)
		reader->wrong += ask(reader->target->maps_fd, &sequence) != 0 ||
				 sequence != reader->expected;
	return NULL;
}

static void threads_do_not_get_each_others_answers(void **state)
{
	struct target other;
	struct reader readers[2] = { { .target = *state }, { .target = &other } };
	pthread_t threads[2];

	(void)state;
	target_start(&other, TARGET_MAIN);
	for (int i = 0; i < 3; i++)
		target_order(&other, TARGET_MAP);
	for (int i = 0; i < 2; i++) {
		readers[i].expected = sequence_of(readers[i].target);
		pthread_create(&threads[i], NULL, read_often, &readers[i]);
	}
	assert_int_not_equal(readers[0].expected, readers[1].expected);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(readers[i].wrong, 0);
	}
	target_stop(&other);
}

static void *open_and_close(void *argument)
{
	const int *ended = argument;
	static int fds[3000];

	while (!__atomic_load_n(ended, __ATOMIC_RELAXED)) {
		for (int i = 0; i < 3000; i++)
			fds[i] = dup(1);
		for (int i = 0; i < 3000; i++)
			close(fds[i]);
	}
	return NULL;
}

/* The table of open files is replaced by larger ones meanwhile. */
static void a_growing_file_table_does_not_disturb(void **state)
{
	uint64_t expected = sequence_of(*state);
	pthread_t thread;
	int ended = 0;

	pthread_create(&thread, NULL, open_and_close, &ended);
	for (int i = 0; i < 200000; i++)
		assert_int_equal(sequence_of(*state), expected);
	__atomic_store_n(&ended, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

/* r0 = 0; exit */
static int load_another_program(void)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_SYSCALL,
		.prog_flags = BPF_F_SLEEPABLE,
		.prog_name = "another",
		.license = (uintptr_t) "GPL",
		.insns = (uintptr_t)nothing,
		.insn_cnt = sizeof(nothing) / sizeof(nothing[0]),
	};

	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

static void a_program_from_an_fd_is_known(void **state)
{
	int other = load_another_program();
	struct mapsnap_bpf *another;
	int pair[2];

	(void)state;
	assert_int_equal(mapsnap_bpf_from_fd(mapsnap_bpf_fd(bpf), &another), 0);
	assert_int_not_equal(mapsnap_bpf_fd(another), mapsnap_bpf_fd(bpf));
	mapsnap_bpf_close(another);
	assert_int_equal(mapsnap_bpf_from_fd(-1, &another), -EBADF);
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(mapsnap_bpf_from_fd(pair[0], &another), -EINVAL);
	close(pair[0]);
	close(pair[1]);
	assert_true(other >= 0);
	assert_int_equal(mapsnap_bpf_from_fd(other, &another), -EINVAL);
	close(other);
	mapsnap_bpf_close(NULL);
}

#define CASE(name)        cmocka_unit_test(name)
#define TARGET_CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(the_source_says_what_it_is),
		TARGET_CASE(a_sequence_at_rest_is_even_and_stays),
		TARGET_CASE(each_change_of_the_map_grows_it_by_two),
		CASE(own_changes_show_too),
		TARGET_CASE(a_busy_map_is_seen_odd_and_changing),
		TARGET_CASE(after_exit_it_is_gone),
		TARGET_CASE(a_zombie_is_gone),
		TARGET_CASE(a_zombie_is_gone_though_another_process_keeps_the_map),
		TARGET_CASE(after_exec_it_is_stale),
		TARGET_CASE(after_exec_it_is_stale_though_another_process_keeps_the_map),
		TARGET_CASE(after_exec_it_is_stale_though_the_new_main_thread_has_ended),
		TARGET_CASE(after_exec_it_is_stale_though_both_is_so),
		TARGET_CASE(after_exec_another_open_finds_the_new_map),
		CASE(the_end_of_the_main_thread_is_not_that_of_the_process),
		CASE(a_kernel_thread_has_no_map),
		CASE(other_files_are_refused),
		CASE(what_is_not_open_is_refused),
		TARGET_CASE(the_task_directory_and_a_duplicate_will_do),
		TARGET_CASE(a_batch_of_any_size_answers_each_entry),
		CASE(exactly_those_that_changed_are_noted),
		TARGET_CASE(a_proof_holds_for_a_minute_and_is_renewed),
		TARGET_CASE(an_odd_sequence_counts_as_changed),
		TARGET_CASE(threads_do_not_get_each_others_answers),
		TARGET_CASE(a_growing_file_table_does_not_disturb),
		CASE(a_program_from_an_fd_is_known),
		CASE(a_request_for_more_than_it_holds_is_refused),
	};
	int r;

	(void)argv;
	target_main(argc);
	r = mapsnap_bpf_open(&bpf);
	if (r) {
		printf("skipped: %s: %s\n", strerrorname_np(-r), mapsnap_bpf_reason(r));
		return r == -EPROTO ? 1 : 77;
	}
	r = cmocka_run_group_tests_name("bpf", tests, NULL, NULL);
	mapsnap_bpf_close(bpf);
	return r;
}
