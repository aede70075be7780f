/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of this machine's processes: what they become, and what is told of it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "asserts.h"
#include "clock.h"
#include "forked.h"
#include "kernel_source.h"
#include "mapsnap-table.h"
#include "nobody.h"
#include "settled.h"

#define MS    ((uint64_t)1000000)
#define SLEEP ((void *)"/bin/sleep")

static struct mapsnap_options by_proof = { .size = sizeof(by_proof) };

/* The kernel's own, or by eBPF; without either nothing is proved. */
static int find_source(void **state)
{
	const char *reason;

	(void)state;
	if (kernel_source_has_own())
		return 0;
	by_proof.fallback = MAPSNAP_FALLBACK_UNVERIFIED;
	by_proof.sequence = kernel_source_bpf(&reason);
	return 0;
}

static bool has_proof(void)
{
	return by_proof.sequence || kernel_source_has_own();
}

#define need_proof()                                                 \
	do {                                                         \
		if (!has_proof())                                    \
			skip_because("needs a source of sequences"); \
	} while (0)

static struct mapsnap_table *table;
static uint64_t cursor;

static struct mapsnap_table *new_table(struct mapsnap_table_options options)
{
	struct mapsnap_table *made;

	options.size = sizeof(options);
	options.read = &by_proof;
	assert_int_equal(mapsnap_table_new(&options, &made), 0);
	return made;
}

#define TABLE(...) new_table((struct mapsnap_table_options){ __VA_ARGS__ })

static int begin(void **state)
{
	(void)state;
	table = NULL;
	cursor = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	mapsnap_table_free(table);
	return 0;
}

static void refresh(void)
{
	assert_int_equal(mapsnap_table_refresh(table, NULL), 0);
}

static void add(pid_t pid)
{
	assert_int_equal(mapsnap_table_add(table, pid), 0);
}

/* The next event is this one. */
static struct mapsnap_event expect(uint32_t type, pid_t pid)
{
	struct mapsnap_event event = { 0 };

	assert_int_equal(mapsnap_table_events(table, &cursor, &event, 1), 1);
	assert_string_equal(mapsnap_event_name(event.type), mapsnap_event_name(type));
	assert_int_equal(event.pid, pid);
	return event;
}

static void expect_nothing(void)
{
	struct mapsnap_event event;

	assert_int_equal(mapsnap_table_events(table, &cursor, &event, 1), 0);
}

static struct mapsnap_member member_of(pid_t pid)
{
	struct mapsnap_member member;

	assert_int_equal(mapsnap_table_member(table, pid, &member), 0);
	return member;
}

static struct mapsnap_answer answer_of(pid_t pid, uint64_t address)
{
	struct mapsnap_answer answer;

	assert_int_equal(mapsnap_table_resolve(table, pid, &address, 1, &answer), 0);
	return answer;
}

static struct mapsnap_answer answer_at(pid_t pid, uint64_t address, uint64_t time_ns)
{
	struct mapsnap_sample sample = { .address = address, .time_ns = time_ns };
	struct mapsnap_answer answer;

	assert_int_equal(mapsnap_table_resolve_samples(table, pid, &sample, 1, &answer), 0);
	return answer;
}

/* ---- what is told of an address */

static void an_address_is_told_with_its_file_and_its_build_id(void **state)
{
	uint64_t address = (uintptr_t)an_address_is_told_with_its_file_and_its_build_id;
	struct mapsnap_answer answer;
	pid_t pid = forked(forked_idle, NULL);

	(void)state;
	table = TABLE();
	add(pid);
	mapsnap_table_enter();
	answer = answer_of(pid, address);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(answer.moment, MAPSNAP_MOMENT_LATEST);
	assert_true(answer.mapping->start <= address && address < answer.mapping->end);
	assert_int_equal(answer.file_offset,
			 address - answer.mapping->start + answer.mapping->offset);
	assert_non_null(strstr(answer.mapping->path, "test-system-table"));
	assert_true(answer.mapping->permissions & MAPSNAP_EXECUTE);
	assert_non_null(answer.build_id);
	assert_true(answer.build_id->length >= 16);
	assert_int_equal(answer.consistency, has_proof() ? MAPSNAP_VERIFIED : MAPSNAP_UNVERIFIED);
	assert_int_equal(answer.sequence != 0, has_proof());
	assert_int_equal(answer.flags, has_proof() ? 0 : MAPSNAP_ANSWER_BUILD_ID_LATER);
	mapsnap_table_leave();
	forked_kill(pid);
}

static void not_mapped_is_an_answer(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_answer answer;

	(void)state;
	table = TABLE();
	add(pid);
	answer = answer_of(pid, 0);
	assert_int_equal(answer.found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(answer.sequence != 0, has_proof());
	assert_int_equal(answer.revision, member_of(pid).revision);
	forked_kill(pid);
}

/* Nobody would know for how long they hold. */
static void outside_of_a_section_there_are_no_pointers(void **state)
{
	uint64_t address = (uintptr_t)outside_of_a_section_there_are_no_pointers;
	struct mapsnap_answer answer;

	(void)state;
	table = TABLE();
	add(getpid());
	answer = answer_of(getpid(), address);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	assert_true(answer.file_offset > 0);
	assert_null(answer.mapping);
	assert_null(answer.build_id);
	answer = answer_at(getpid(), address, now_ns());
	assert_null(answer.mapping);
	assert_null(answer.build_id);
}

static void one_batch_rests_on_one_snapshot_in_any_order(void **state)
{
	enum {
		N = 1000
	};
	static uint64_t addresses[N];
	static struct mapsnap_answer answers[N];
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap *snapshot;
	uint64_t revision;

	(void)state;
	table = TABLE();
	add(pid);
	assert_int_equal(mapsnap_table_get(table, pid, &snapshot, &revision), 0);
	for (size_t i = 0; i < N; i++) {
		const struct mapsnap_mapping *m =
			mapsnap_at(snapshot, i * 7 % mapsnap_count(snapshot));

		addresses[i] = m->end - i % 3 * 4096;
	}
	mapsnap_table_enter();
	assert_int_equal(mapsnap_table_resolve(table, pid, addresses, N, answers), 0);
	for (size_t i = 0; i < N; i++) {
		assert_ptr_equal(answers[i].mapping, mapsnap_find(snapshot, addresses[i]));
		assert_int_equal(answers[i].revision, revision);
	}
	mapsnap_table_leave();
	mapsnap_unref(snapshot);
	forked_kill(pid);
}

static void without_build_ids_nobody_asks_for_them(void **state)
{
	struct mapsnap_answer answer;

	(void)state;
	table = TABLE(.flags = MAPSNAP_TABLE_NO_BUILD_IDS);
	add(getpid());
	mapsnap_table_enter();
	answer = answer_of(getpid(), (uintptr_t)without_build_ids_nobody_asks_for_them);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	assert_null(answer.build_id);
	mapsnap_table_leave();
}

static void only_what_is_asked_for_is_kept(void **state)
{
	struct mapsnap_options code = by_proof;
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &code };
	int data = 0;

	(void)state;
	code.filter = MAPSNAP_EXECUTE;
	assert_int_equal(mapsnap_table_new(&options, &table), 0);
	add(getpid());
	assert_int_equal(answer_of(getpid(), (uintptr_t)only_what_is_asked_for_is_kept).found,
			 MAPSNAP_FOUND_MAPPING);
	assert_int_equal(answer_of(getpid(), (uintptr_t)&data).found, MAPSNAP_FOUND_NOTHING);
}

/* ---- what becomes of a process */

#define PLACE ((void *)0x123450000000)

/* Maps a page there each other time that it goes on, and unmaps it again. */
static void map_and_unmap(void *unused)
{
	(void)unused;
	for (;;) {
		forked_pause();
		mmap(PLACE, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		forked_pause();
		munmap(PLACE, 4096);
	}
}

static void exec_when_told(void *path)
{
	forked_pause();
	execl(path, "sleep", "1000", NULL);
	_exit(127);
}

static void let_it_change(pid_t pid)
{
	siginfo_t info;

	forked_continue(pid);
	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
}

static void what_changed_is_there_after_the_next_round(void **state)
{
	struct mapsnap_table_round round;
	pid_t pid = forked(map_and_unmap, NULL);
	uint64_t revision;

	(void)state;
	table = TABLE();
	add(pid);
	revision = expect(MAPSNAP_EVENT_ADDED, pid).revision;
	refresh();
	expect_nothing();
	let_it_change(pid);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(mapsnap_table_refresh(table, &round), 0);
	assert_int_equal(round.asked, 1);
	assert_int_equal(round.changed, 1);
	assert_int_equal(round.replaced + round.ended + round.unsettled + round.failed, 0);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_MAPPING);
	assert_true(expect(MAPSNAP_EVENT_CHANGED, pid).revision > revision);
	expect_nothing();
	forked_kill(pid);
}

static void one_process_can_be_brought_up_to_date_alone(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);

	(void)state;
	table = TABLE();
	add(pid);
	let_it_change(pid);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), 0);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_MAPPING);
	let_it_change(pid);
	add(pid);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(mapsnap_table_refresh_pid(table, 1 << 30), -ESRCH);
	forked_kill(pid);
}

static void ask(pid_t *due, size_t expected)
{
	size_t count;

	assert_int_equal(mapsnap_table_ask(table, due, 4, &count), 0);
	assert_int_equal(count, expected);
}

static void who_may_have_changed_is_told_and_not_read(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL), other = forked(forked_idle, NULL), due[4];
	size_t count;

	(void)state;
	need_proof();
	table = TABLE();
	add(pid);
	add(other);
	refresh();
	ask(due, 0);
	let_it_change(pid);
	ask(due, 1);
	assert_int_equal(due[0], pid);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), 0);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_MAPPING);
	ask(due, 0);
	forked_kill(other);
	ask(due, 1);
	assert_int_equal(due[0], other);
	let_it_change(pid);
	assert_int_equal(mapsnap_table_ask(table, NULL, 0, &count), 0);
	assert_int_equal(count, 2);
	forked_kill(pid);
}

static void park(pid_t pid, int parked)
{
	assert_int_equal(mapsnap_table_park(table, pid, parked), 0);
}

static void a_parked_process_holds_no_descriptor_and_is_left_alone(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL), due[4];
	uint64_t place = (uintptr_t)PLACE;
	struct mapsnap_member before;
	uintptr_t descriptors;

	(void)state;
	table = TABLE();
	descriptors = open_descriptors();
	add(pid);
	assert_int_equal(open_descriptors(), descriptors + 2);
	park(pid, 1);
	park(pid, 1);
	assert_int_equal(open_descriptors(), descriptors);
	let_it_change(pid);
	refresh();
	ask(due, 0);
	assert_int_equal(answer_of(pid, place).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), 0);
	assert_int_equal(answer_of(pid, place).found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(open_descriptors(), descriptors);
	before = member_of(pid);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), 0);
	assert_int_equal(member_of(pid).revision, before.revision);
	park(pid, 0);
	assert_int_equal(open_descriptors(), descriptors + 2);
	assert_true(member_of(pid).program > before.program);
	let_it_change(pid);
	refresh();
	assert_int_equal(answer_of(pid, place).found, MAPSNAP_FOUND_NOTHING);
	forked_kill(pid);
}

static void what_a_parked_process_becomes_is_seen_at_the_next_look(void **state)
{
	uint64_t here = (uintptr_t)what_a_parked_process_becomes_is_seen_at_the_next_look;
	pid_t pid = forked(exec_when_told, SLEEP);
	struct mapsnap_step step;
	uint64_t revision;

	(void)state;
	table = TABLE(.history = 4);
	add(pid);
	revision = expect(MAPSNAP_EVENT_ADDED, pid).revision;
	park(pid, 1);
	forked_continue(pid);
	assert_true(settled(pid));
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), 0);
	expect(MAPSNAP_EVENT_CHANGED, pid);
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(member_of(pid).program, 1);
	assert_int_equal(mapsnap_table_next(table, pid, revision, &step), 0);
	assert_int_equal(step.changes.flags, MAPSNAP_DIFF_RESYNC);
	assert_int_equal(mapsnap_count(step.before), 0);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
	forked_kill(pid);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), -ESRCH);
	expect(MAPSNAP_EVENT_EXITED, pid);
	expect_nothing();
}

static void without_descriptors_the_last_snapshot_stays(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);
	struct rlimit limit, none;

	(void)state;
	table = TABLE();
	add(pid);
	park(pid, 1);
	let_it_change(pid);
	getrlimit(RLIMIT_NOFILE, &limit);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	assert_int_equal(mapsnap_table_refresh_pid(table, pid), -EMFILE);
	assert_int_equal(mapsnap_table_park(table, pid, 0), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(member_of(pid).state, MAPSNAP_STATE_ALIVE);
	refresh();
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_MAPPING);
	forked_kill(pid);
}

static void exec_is_told_and_the_new_program_is_read(void **state)
{
	pid_t pid = forked(exec_when_told, SLEEP);
	struct mapsnap_event event;
	uint64_t start_time, here = (uintptr_t)exec_is_told_and_the_new_program_is_read;

	(void)state;
	table = TABLE();
	add(pid);
	start_time = expect(MAPSNAP_EVENT_ADDED, pid).start_time;
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_MAPPING);
	forked_continue(pid);
	assert_true(settled(pid));
	refresh();
	event = expect(MAPSNAP_EVENT_EXEC, pid);
	assert_int_equal(event.start_time, start_time);
	assert_int_equal(event.revision, member_of(pid).revision);
	assert_int_equal(member_of(pid).program, 1);
	expect_nothing();
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_NOTHING);
	forked_kill(pid);
}

static void after_the_exit_the_last_snapshot_stays_for_a_time(void **state)
{
	uint64_t here = (uintptr_t)after_the_exit_the_last_snapshot_stays_for_a_time;
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_answer answer;
	struct mapsnap_event event;
	uint64_t ended;

	(void)state;
	table = TABLE(.keep_ns = 200 * MS);
	add(pid);
	expect(MAPSNAP_EVENT_ADDED, pid);
	forked_kill(pid);
	refresh();
	event = expect(MAPSNAP_EVENT_EXITED, pid);
	ended = event.time_ns;
	assert_int_equal(member_of(pid).state, MAPSNAP_STATE_ENDED);
	while (now_ns() < ended + 150 * MS) {
		answer = answer_of(pid, here);
		assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
		assert_int_equal(mapsnap_table_refresh_pid(table, pid), -ESRCH);
		refresh();
		if (now_ns() < ended + 190 * MS)
			member_of(pid);
	}
	while (now_ns() < ended + 200 * MS)
		usleep(1000);
	refresh();
	expect(MAPSNAP_EVENT_REMOVED, pid);
	expect_nothing();
	assert_int_equal(mapsnap_table_resolve(table, pid, &here, 1, &answer), -ESRCH);
	assert_int_equal(mapsnap_table_memory(table), 0);
}

/* Its address space ends with it, long before its parent asks. */
static void a_zombie_has_ended(void **state)
{
	pid_t pid = forked(forked_idle, NULL);

	(void)state;
	table = TABLE();
	add(pid);
	expect(MAPSNAP_EVENT_ADDED, pid);
	kill(pid, SIGKILL);
	forked_await_zombie(pid);
	refresh();
	refresh();
	expect(MAPSNAP_EVENT_EXITED, pid);
	expect_nothing();
	forked_kill(pid);
}

static void another_process_of_the_same_pid_is_told_apart(void **state)
{
	pid_t pid = forked(exec_when_told, SLEEP);
	uint64_t start_time, here = (uintptr_t)another_process_of_the_same_pid_is_told_apart;
	struct mapsnap_event event;

	(void)state;
	table = TABLE(.history = 2);
	add(pid);
	forked_continue(pid);
	assert_true(settled(pid));
	refresh();
	start_time = expect(MAPSNAP_EVENT_ADDED, pid).start_time;
	expect(MAPSNAP_EVENT_EXEC, pid);
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_NOTHING);
	forked_kill(pid);
	usleep(30000); /* a start time is told in ticks */
	if (forked_as(pid, forked_idle, NULL) != pid)
		skip_because("needs CAP_CHECKPOINT_RESTORE");
	refresh();
	event = expect(MAPSNAP_EVENT_EXITED, pid);
	assert_int_equal(event.start_time, start_time);
	event = expect(MAPSNAP_EVENT_REUSED, pid);
	assert_int_not_equal(event.start_time, start_time);
	assert_int_equal(event.revision, member_of(pid).revision);
	expect_nothing();
	assert_int_equal(answer_of(pid, here).found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(member_of(pid).history, 2);
	forked_kill(pid);
}

/* The same, where its end was noticed first. */
static void a_pid_is_followed_while_it_is_kept(void **state)
{
	pid_t pid = forked(forked_idle, NULL);

	(void)state;
	table = TABLE();
	add(pid);
	expect(MAPSNAP_EVENT_ADDED, pid);
	forked_kill(pid);
	refresh();
	expect(MAPSNAP_EVENT_EXITED, pid);
	usleep(30000);
	if (forked_as(pid, forked_idle, NULL) != pid)
		skip_because("needs CAP_CHECKPOINT_RESTORE");
	refresh();
	expect(MAPSNAP_EVENT_REUSED, pid);
	expect_nothing();
	assert_int_equal(member_of(pid).state, MAPSNAP_STATE_ALIVE);
	forked_kill(pid);
}

/* By a maps file alone nobody knows what comes after. */
static void a_maps_file_ends_with_its_program(void **state)
{
	pid_t pid = forked(exec_when_told, SLEEP);
	struct mapsnap_process *process = must_open_maps(pid);

	(void)state;
	table = TABLE();
	assert_int_equal(mapsnap_table_add_process(table, pid, process), 0);
	assert_int_equal(mapsnap_table_add_process(table, pid, process), -EEXIST);
	expect(MAPSNAP_EVENT_ADDED, pid);
	forked_continue(pid);
	assert_true(settled(pid));
	refresh();
	expect(MAPSNAP_EVENT_EXITED, pid);
	expect_nothing();
	forked_kill(pid);
}

/* ---- a program that can't be read, by an ordinary user */

/* One that may be executed, and not read: so its process may not be looked at. */
static void make_secret(char path[])
{
	int from = open(SLEEP, O_RDONLY | O_CLOEXEC), to = mkstemp(path);
	char buffer[65536];
	ssize_t n;

	assert_true(from >= 0 && to >= 0);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		assert_int_equal(write(to, buffer, (size_t)n), n);
	fchmod(to, 0711);
	close(from);
	close(to);
}

/* As an ordinary user, in a process of its own; 0 where all was as it should be. */
static int follow_into_secret(void *path)
{
	pid_t pid = forked(exec_when_told, path);
	uint64_t address = (uintptr_t)follow_into_secret;
	struct mapsnap_options any = { .size = sizeof(any),
				       .fallback = MAPSNAP_FALLBACK_UNVERIFIED };
	struct mapsnap_table_options options = { .size = sizeof(options), .read = &any };
	struct mapsnap_answer answer;
	struct mapsnap_event events[8];
	struct mapsnap_member member;
	uint64_t mine = 0;
	int wrong = 0, r;

	if (mapsnap_table_new(&options, &table) || mapsnap_table_add(table, pid))
		return 1;
	forked_continue(pid);
	for (int i = 0; i < 2000; i++) {
		if (mapsnap_table_refresh(table, NULL))
			return 2;
		r = mapsnap_table_resolve(table, pid, &address, 1, &answer);
		if (r)
			break;
		usleep(1000);
	}
	wrong |= r != -EACCES;
	wrong |= mapsnap_table_refresh_pid(table, pid) != -EACCES;
	wrong |= mapsnap_table_member(table, pid, &member) != 0;
	wrong |= member.state != MAPSNAP_STATE_UNREADABLE || member.error != -EACCES;
	wrong |= mapsnap_table_events(table, &mine, events, 8) != 3;
	wrong |= events[1].type != MAPSNAP_EVENT_EXEC || events[1].revision != 0;
	wrong |= events[2].type != MAPSNAP_EVENT_UNREADABLE || events[2].error != -EACCES;
	forked_kill(pid);
	mapsnap_table_refresh(table, NULL);
	wrong |= mapsnap_table_events(table, &mine, events, 8) != 1;
	wrong |= events[0].type != MAPSNAP_EVENT_EXITED;
	wrong |= mapsnap_table_member(table, pid, &member) != 0;
	wrong |= member.state != MAPSNAP_STATE_ENDED;
	mapsnap_table_free(table);
	return wrong;
}

static void a_program_that_may_not_be_read_is_told(void **state)
{
	char path[] = "/tmp/mapsnap-secret-XXXXXX";
	int status;

	(void)state;
	if (getuid() != 0)
		skip_because("needs root");
	make_secret(path);
	status = as_nobody(follow_into_secret, path);
	unlink(path);
	assert_int_equal(status, 0);
}

/* ---- history */

static void samples_are_resolved_at_their_own_time(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);
	uint64_t place = (uintptr_t)PLACE, empty, full;
	struct mapsnap_answer answer;

	(void)state;
	need_proof();
	table = TABLE(.history = 4);
	add(pid);
	empty = now_ns();
	usleep(1000);
	refresh();
	let_it_change(pid);
	refresh();
	full = now_ns();
	usleep(1000);
	refresh();
	let_it_change(pid);
	refresh();
	answer = answer_at(pid, place, empty);
	assert_int_equal(answer.found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(answer.moment, MAPSNAP_MOMENT_EXACT);
	answer = answer_at(pid, place, full);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(answer.moment, MAPSNAP_MOMENT_EXACT);
	/* Nothing has proved yet what came last. */
	answer = answer_at(pid, place, now_ns());
	assert_int_equal(answer.found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(answer.moment, MAPSNAP_MOMENT_NEAR);
	forked_kill(pid);
}

static void by_its_sequence_a_sample_is_resolved_exactly(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);
	struct mapsnap_sample samples[2] = { { .address = (uintptr_t)PLACE },
					     { .address = (uintptr_t)PLACE } };
	struct mapsnap_answer answers[2];

	(void)state;
	need_proof();
	table = TABLE(.history = 4);
	add(pid);
	samples[0].sequence = member_of(pid).sequence;
	let_it_change(pid);
	refresh();
	samples[1].sequence = member_of(pid).sequence;
	assert_int_equal(mapsnap_table_resolve_samples(table, pid, samples, 2, answers), 0);
	assert_int_equal(answers[0].found, MAPSNAP_FOUND_NOTHING);
	assert_int_equal(answers[0].moment, MAPSNAP_MOMENT_EXACT);
	assert_int_equal(answers[0].sequence, samples[0].sequence);
	assert_int_equal(answers[1].found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(answers[1].moment, MAPSNAP_MOMENT_EXACT);
	forked_kill(pid);
}

/* Its pid was another's then. Between its start and when it was added it may have been so. */
static void a_sample_from_before_the_process_is_not_answered_by_it(void **state)
{
	uint64_t here = (uintptr_t)a_sample_from_before_the_process_is_not_answered_by_it;
	uint64_t before = now_ns(), between;
	struct mapsnap_answer answer;
	pid_t pid;

	(void)state;
	usleep(30000); /* a start is told in ticks */
	pid = forked(forked_idle, NULL);
	between = now_ns();
	table = TABLE(.history = 4);
	add(pid);
	answer = answer_at(pid, here, before);
	assert_int_equal(answer.found, MAPSNAP_FOUND_UNKNOWN);
	answer = answer_at(pid, here, between);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	assert_int_equal(answer.moment, MAPSNAP_MOMENT_NEAR);
	forked_kill(pid);
}

/* By the program that ran then, and not by the one that runs now. */
static void late_samples_of_the_program_before_resolve(void **state)
{
	pid_t pid = forked(exec_when_told, SLEEP);
	uint64_t here = (uintptr_t)late_samples_of_the_program_before_resolve, before;
	struct mapsnap_answer answer;

	(void)state;
	table = TABLE(.keep_ns = 300 * MS);
	add(pid);
	before = now_ns();
	refresh();
	forked_continue(pid);
	assert_true(settled(pid));
	refresh();
	answer = answer_at(pid, here, before);
	assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	if (has_proof())
		assert_int_equal(answer.moment, MAPSNAP_MOMENT_EXACT);
	usleep(300000);
	refresh();
	answer = answer_at(pid, here, before);
	assert_int_equal(answer.found, MAPSNAP_FOUND_UNKNOWN);
	forked_kill(pid);
}

/* Where the kernel tells what was touched, what was not is known for any moment in between. */
static void between_two_snapshots_what_was_not_touched_is_exact(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);
	uint64_t here = (uintptr_t)between_two_snapshots_what_was_not_touched_is_exact, between;

	(void)state;
	if (mapsnap_kernel_source() != MAPSNAP_SOURCE_IOCTL)
		skip_because("needs a kernel with PROCMAP_SEQ");
	table = TABLE(.history = 4);
	add(pid);
	for (int i = 0; i < 3; i++) { /* the log begins with the first change */
		let_it_change(pid);
		between = now_ns();
		usleep(1000);
		refresh();
	}
	assert_int_equal(answer_at(pid, here, between).moment, MAPSNAP_MOMENT_EXACT);
	assert_int_equal(answer_at(pid, (uintptr_t)PLACE, between).moment, MAPSNAP_MOMENT_NEAR);
	assert_int_equal(answer_at(pid, (uintptr_t)PLACE, between).found, MAPSNAP_FOUND_MAPPING);
	forked_kill(pid);
}

static void each_change_is_told_step_by_step(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL);
	uint32_t gapless = mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL ? MAPSNAP_DIFF_TOUCHED
									   : MAPSNAP_DIFF_RESYNC;
	struct mapsnap_step step;
	struct mapsnap_change change;
	uint64_t at;

	(void)state;
	need_proof();
	table = TABLE(.history = 8);
	add(pid);
	let_it_change(pid);
	refresh();
	at = member_of(pid).revision;
	assert_int_equal(mapsnap_table_next(table, pid, at, &step), -EAGAIN);
	for (int i = 0; i < 4; i++) {
		let_it_change(pid);
		refresh();
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(mapsnap_table_next(table, pid, at, &step), 0);
		assert_true(step.revision > at);
		at = step.revision;
		if (i > 0)
			assert_int_equal(step.changes.flags, gapless);
		assert_int_equal(mapsnap_diff_next(&step.changes, &change), 1);
		assert_int_equal((i % 2 ? change.after : change.before)->start, (uintptr_t)PLACE);
		assert_null(i % 2 ? change.before : change.after);
		assert_int_equal(mapsnap_diff_next(&step.changes, &change), 0);
		mapsnap_unref(step.before);
		mapsnap_unref(step.after);
	}
	assert_int_equal(mapsnap_table_next(table, pid, at, &step), -EAGAIN);
	forked_kill(pid);
}

static void one_revision_stands_for_all_processes(void **state)
{
	pid_t pid = forked(map_and_unmap, NULL), other = forked(map_and_unmap, NULL);
	struct mapsnap_change change;
	struct mapsnap_step step;
	uint64_t between;

	(void)state;
	table = TABLE(.history = 8);
	add(pid);
	add(other);
	between = member_of(other).revision;
	assert_true(between > member_of(pid).revision);
	assert_int_equal(mapsnap_table_next(table, pid, between, &step), -EAGAIN);
	let_it_change(pid);
	refresh();
	assert_int_equal(mapsnap_table_next(table, pid, between, &step), 0);
	assert_int_equal(step.revision, member_of(pid).revision);
	assert_int_equal(mapsnap_diff_next(&step.changes, &change), 1);
	assert_int_equal(change.after->start, (uintptr_t)PLACE);
	assert_int_equal(mapsnap_diff_next(&step.changes, &change), 0);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
	forked_kill(pid);
	forked_kill(other);
}

/* ---- who drives it */

static bool is_readable(int fd, int ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, ms) == 1;
}

static void a_descriptor_says_when_the_next_round_is_due(void **state)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd, epoll = epoll_create1(EPOLL_CLOEXEC);
	uint64_t from;

	(void)state;
	table = TABLE();
	assert_int_equal(mapsnap_table_fd(table, 0), -EINVAL);
	from = now_ns();
	fd = mapsnap_table_fd(table, 50 * MS);
	assert_true(fd >= 0);
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(epoll_wait(epoll, &event, 1, 5000), 1);
		assert_true(now_ns() - from >= 50 * MS);
		assert_true(is_readable(fd, 0));
		refresh();
		from = now_ns();
		assert_false(is_readable(fd, 0));
	}
	assert_int_equal(mapsnap_table_fd(table, 3600 * 1000 * MS), fd);
	assert_false(is_readable(fd, 60));
	close(epoll);
}

static void refresh_by_timer(union sigval value)
{
	mapsnap_table_refresh(value.sival_ptr, NULL);
}

/* In threads that the C library makes for it. */
static void a_timer_may_drive_it(void **state)
{
	struct itimerspec soon = { .it_value.tv_nsec = 1000000, .it_interval.tv_nsec = 1000000 };
	pid_t pid = forked(map_and_unmap, NULL);
	struct sigevent event = { .sigev_notify = SIGEV_THREAD,
				  .sigev_notify_function = refresh_by_timer };
	uint64_t until = now_ns() + 20000 * MS;
	timer_t timer;

	(void)state;
	table = TABLE();
	add(pid);
	event.sigev_value.sival_ptr = table;
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	let_it_change(pid);
	while (answer_of(pid, (uintptr_t)PLACE).found != MAPSNAP_FOUND_MAPPING && now_ns() < until)
		usleep(1000);
	timer_delete(timer);
	usleep(100000); /* one may still be at it */
	assert_int_equal(answer_of(pid, (uintptr_t)PLACE).found, MAPSNAP_FOUND_MAPPING);
	forked_kill(pid);
}

/* It would wait for itself. */
static void in_a_section_nobody_writes(void **state)
{
	struct mapsnap_process *process = must_open(getpid());

	(void)state;
	table = TABLE();
	mapsnap_table_enter();
	assert_int_equal(mapsnap_table_add(table, getpid()), -EDEADLK);
	assert_int_equal(mapsnap_table_add_process(table, 1, process), -EDEADLK);
	assert_int_equal(mapsnap_table_remove(table, getpid()), -EDEADLK);
	assert_int_equal(mapsnap_table_refresh(table, NULL), -EDEADLK);
	assert_int_equal(mapsnap_table_refresh_pid(table, getpid()), -EDEADLK);
	assert_int_equal(mapsnap_table_fd(table, 1), -EDEADLK);
	mapsnap_table_leave();
	mapsnap_close(process);
}

/* ---- bounds */

static void there_are_no_more_processes_than_allowed(void **state)
{
	pid_t one = forked(forked_idle, NULL), other = forked(forked_idle, NULL);
	pid_t pids[2] = { 0 };

	(void)state;
	table = TABLE(.processes = 1);
	add(one);
	assert_int_equal(mapsnap_table_add(table, other), -ENOSPC);
	assert_int_equal(mapsnap_table_pids(table, pids, 2), 1);
	assert_int_equal(pids[0], one);
	assert_int_equal(mapsnap_table_remove(table, one), 0);
	assert_int_equal(mapsnap_table_remove(table, one), -ESRCH);
	add(other);
	forked_kill(one);
	forked_kill(other);
}

static void there_is_no_more_memory_than_allowed(void **state)
{
	pid_t one = forked(map_and_unmap, NULL), other = forked(forked_idle, NULL);
	uint64_t alone;

	(void)state;
	table = TABLE();
	add(one);
	alone = mapsnap_table_memory(table);
	assert_int_equal(alone, member_of(one).memory);
	mapsnap_table_free(table);
	table = TABLE(.memory = alone + alone / 2, .history = 100);
	add(one);
	assert_int_equal(mapsnap_table_add(table, other), -ENOSPC);
	for (int i = 0; i < 10; i++) {
		let_it_change(one);
		refresh();
		assert_true(mapsnap_table_memory(table) <= alone + alone / 2);
		assert_int_equal(answer_of(one, (uintptr_t)PLACE).found,
				 i % 2 ? MAPSNAP_FOUND_NOTHING : MAPSNAP_FOUND_MAPPING);
	}
	forked_kill(one);
	forked_kill(other);
}

static void options_that_do_not_exist_are_refused(void **state)
{
	struct {
		struct mapsnap_table_options options;
		uint64_t more;
	} later = { .options.size = sizeof(later) };
	struct mapsnap_table_options wrong = { .size = sizeof(wrong), .flags = 1u << 31 };
	struct mapsnap_table_options short_one = { .size = 2 };

	(void)state;
	assert_int_equal(mapsnap_table_new(&wrong, &table), -EINVAL);
	assert_int_equal(mapsnap_table_new(&short_one, &table), -EINVAL);
	assert_int_equal(mapsnap_table_new(&later.options, &table), 0);
	mapsnap_table_free(table);
	later.more = 1;
	assert_int_equal(mapsnap_table_new(&later.options, &table), -E2BIG);
	table = NULL;
}

static void many_processes_are_found_by_their_pids(void **state)
{
	enum {
		MANY = 300
	};
	static pid_t pids[MANY], listed[MANY];

	(void)state;
	table = TABLE(.flags = MAPSNAP_TABLE_NO_BUILD_IDS);
	for (int i = 0; i < MANY; i++) {
		pids[i] = forked(forked_idle, NULL);
		add(pids[i]);
	}
	for (int i = 0; i < MANY; i += 3)
		assert_int_equal(mapsnap_table_remove(table, pids[i]), 0);
	refresh();
	assert_int_equal(mapsnap_table_pids(table, listed, MANY), MANY - MANY / 3);
	assert_int_equal(mapsnap_table_pids(table, NULL, 0), MANY - MANY / 3);
	for (int i = 0; i < MANY; i++) {
		struct mapsnap_member member;

		assert_int_equal(mapsnap_table_member(table, pids[i], &member), i % 3 ? 0 : -ESRCH);
		forked_kill(pids[i]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_is_told_with_its_file_and_its_build_id),
		TEST(not_mapped_is_an_answer),
		TEST(outside_of_a_section_there_are_no_pointers),
		TEST(one_batch_rests_on_one_snapshot_in_any_order),
		TEST(without_build_ids_nobody_asks_for_them),
		TEST(only_what_is_asked_for_is_kept),
		TEST(what_changed_is_there_after_the_next_round),
		TEST(one_process_can_be_brought_up_to_date_alone),
		TEST(who_may_have_changed_is_told_and_not_read),
		TEST(a_parked_process_holds_no_descriptor_and_is_left_alone),
		TEST(what_a_parked_process_becomes_is_seen_at_the_next_look),
		TEST(without_descriptors_the_last_snapshot_stays),
		TEST(exec_is_told_and_the_new_program_is_read),
		TEST(after_the_exit_the_last_snapshot_stays_for_a_time),
		TEST(a_zombie_has_ended),
		TEST(another_process_of_the_same_pid_is_told_apart),
		TEST(a_pid_is_followed_while_it_is_kept),
		TEST(a_maps_file_ends_with_its_program),
		TEST(a_program_that_may_not_be_read_is_told),
		TEST(samples_are_resolved_at_their_own_time),
		TEST(by_its_sequence_a_sample_is_resolved_exactly),
		TEST(a_sample_from_before_the_process_is_not_answered_by_it),
		TEST(late_samples_of_the_program_before_resolve),
		TEST(between_two_snapshots_what_was_not_touched_is_exact),
		TEST(each_change_is_told_step_by_step),
		TEST(one_revision_stands_for_all_processes),
		TEST(a_descriptor_says_when_the_next_round_is_due),
		TEST(a_timer_may_drive_it),
		TEST(in_a_section_nobody_writes),
		TEST(there_are_no_more_processes_than_allowed),
		TEST(there_is_no_more_memory_than_allowed),
		TEST(options_that_do_not_exist_are_refused),
		TEST(many_processes_are_found_by_their_pids),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("table", tests, find_source, NULL);
}
