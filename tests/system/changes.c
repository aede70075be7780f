/* SPDX-License-Identifier: BSD-2-Clause */
/* What changed in a child that changes when it is told to, where the kernel logs that. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"

#define PAGE  4096ul
#define PAGES 1000

/* More than a log holds, and far fewer. */
#define MANY 300
#define FEW  5

enum order {
	PROTECT, /* so many single pages, one apart, to and fro */
	REMAP,   /* the first page, by one that looks the same */
	FLAT_OUT_AND_END,
};

/* Shared with the child. */
static struct {
	enum order order;
	unsigned int pages;
} * told;

static char *area;
static pid_t child;
static struct mapsnap_process *process;

static void protect(unsigned int pages)
{
	static int other[PAGES];

	for (unsigned int i = 1; i < 2 * pages; i += 2) {
		other[i] ^= PROT_READ;
		if (mprotect(area + i * PAGE, PAGE, PROT_EXEC | other[i]))
			_exit(1);
	}
}

static void remap(void)
{
	if (munmap(area, PAGE) ||
	    mmap(area, PAGE, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != area)
		_exit(1);
}

static void obey(void)
{
	switch (told->order) {
	case PROTECT:
		protect(told->pages);
		break;
	case REMAP:
		remap();
		break;
	case FLAT_OUT_AND_END:
		for (unsigned int i = 0; i < told->pages; i++)
			protect(FEW);
		_exit(0);
	}
}

/* The first page is a mapping of its own, and every other one behind it, whatever it may become. */
static void change_when_told(void *unused)
{
	(void)unused;
	if (mprotect(area, PAGE, PROT_WRITE))
		_exit(1);
	protect(MANY);
	for (;;) {
		forked_pause();
		obey();
	}
}

/* Returns when it has obeyed. */
static void tell(enum order order, unsigned int pages)
{
	siginfo_t info;

	told->order = order;
	told->pages = pages;
	forked_continue(child);
	waitid(P_PID, (id_t)child, &info, WSTOPPED | WEXITED | WNOWAIT);
}

static int start(void **state)
{
	(void)state;
	told = shared_page();
	area = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	child = forked(change_when_told, NULL);
	process = must_open(child);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mapsnap_close(process);
	forked_kill(child);
	munmap(area, PAGES * PAGE);
	unshare_page(told);
	return 0;
}

static struct mapsnap *read_first(struct mapsnap_process *of)
{
	struct mapsnap *snapshot;

	assert_int_equal(mapsnap_read(of, NULL, &snapshot), 0);
	return snapshot;
}

/* The next, in place of the last; its changes stay valid. */
static struct mapsnap_diff follow(struct mapsnap_process *of, struct mapsnap *last)
{
	struct mapsnap_diff changes;
	struct mapsnap *fresh;

	assert_int_equal(mapsnap_changes(of, NULL, last, &fresh, &changes), 0);
	return changes;
}

static struct mapsnap *next_of(struct mapsnap_diff *changes)
{
	mapsnap_unref((struct mapsnap *)changes->before);
	return (struct mapsnap *)changes->after;
}

/* One that goes on without gap from here, or a skip. */
static struct mapsnap *read_logged(struct mapsnap_process *of)
{
	struct mapsnap_diff changes;
	struct mapsnap *last;

	need_snapshot();
	last = read_first(of);
	for (int i = 0; i < 2; i++) {
		tell(PROTECT, FEW);
		changes = follow(of, last);
		last = next_of(&changes);
	}
	if (changes.flags != MAPSNAP_DIFF_TOUCHED) {
		mapsnap_unref(last);
		skip_because("needs a kernel that logs changes");
	}
	return last;
}

static size_t count_changes(struct mapsnap_diff *changes)
{
	struct mapsnap_change change;
	size_t n = 0;

	while (mapsnap_diff_next(changes, &change))
		n++;
	return n;
}

static void assert_up_to_date(struct mapsnap_process *of, const struct mapsnap *snapshot)
{
	struct mapsnap *anew = read_first(of);

	assert_same_mappings(snapshot, anew);
	mapsnap_unref(anew);
}

static void only_what_changed_is_read(void **state)
{
	struct mapsnap *last = read_logged(process);
	struct mapsnap_diff changes;

	(void)state;
	tell(PROTECT, FEW);
	changes = follow(process, last);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
	assert_int_equal(mapsnap_info(changes.after)->mappings_read, FEW);
	assert_int_equal(count_changes(&changes), FEW);
	last = next_of(&changes);
	assert_up_to_date(process, last);
	mapsnap_unref(last);
}

static void what_looks_the_same_afterwards_is_told(void **state)
{
	struct mapsnap *last = read_logged(process);
	struct mapsnap_change change;
	struct mapsnap_diff changes;

	(void)state;
	tell(REMAP, 0);
	changes = follow(process, last);
	assert_int_equal(mapsnap_diff_next(&changes, &change), 1);
	assert_int_equal(change.what, 0);
	assert_int_equal(change.before->start, (uintptr_t)area);
	assert_int_equal(change.after->start, (uintptr_t)area);
	assert_int_equal(mapsnap_diff_next(&changes, &change), 0);
	last = next_of(&changes);
	mapsnap_unref(last);
}

/* On purpose, again and again: that is said, costs one call in vain, and the chain goes on. */
static void a_target_that_makes_it_forget_is_read_anew(void **state)
{
	struct mapsnap *last = read_logged(process);

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct mapsnap_diff changes;

		tell(PROTECT, MANY);
		changes = follow(process, last);
		assert_int_equal(changes.flags, MAPSNAP_DIFF_RESYNC);
		assert_int_equal(mapsnap_info(changes.after)->overflows, 1);
		assert_int_equal(mapsnap_info(changes.after)->deltas, 1);
		assert_int_equal(mapsnap_info(changes.after)->consistency, MAPSNAP_VERIFIED);
		assert_int_equal(count_changes(&changes), MANY);
		last = next_of(&changes);
		assert_up_to_date(process, last);
		tell(PROTECT, FEW);
		changes = follow(process, last);
		assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
		last = next_of(&changes);
	}
	mapsnap_unref(last);
}

/* Each of what it saw last, and by one log: one that goes leaves it to the other. */
static void two_readers_each_go_on_from_their_own(void **state)
{
	struct mapsnap *last = read_logged(process), *others;
	struct mapsnap_process *other = must_open(child);
	struct mapsnap_diff changes;

	(void)state;
	others = read_logged(other);
	for (int i = 0; i < 20; i++) {
		tell(PROTECT, FEW);
		changes = follow(other, others);
		assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
		others = next_of(&changes);
		if (i % 3)
			continue;
		changes = follow(process, last);
		assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
		last = next_of(&changes);
		assert_same_mappings(last, others);
	}
	mapsnap_close(other);
	mapsnap_unref(others);
	tell(PROTECT, FEW);
	changes = follow(process, last);
	assert_int_equal(changes.flags, MAPSNAP_DIFF_TOUCHED);
	last = next_of(&changes);
	assert_up_to_date(process, last);
	mapsnap_unref(last);
}

/* What comes before is consistent, and then it is the end that is told. */
static void the_end_comes_in_the_midst_of_changes(void **state)
{
	struct mapsnap *last = read_logged(process);
	struct mapsnap *fresh;
	int r;

	(void)state;
	told->order = FLAT_OUT_AND_END;
	told->pages = 2000;
	forked_continue(child);
	while ((r = mapsnap_refresh(process, NULL, last, &fresh)) != -ESRCH) {
		if (r == -EAGAIN)
			continue;
		assert_int_equal(r, 0);
		assert_true(mapsnap_info(fresh)->consistency != MAPSNAP_UNVERIFIED);
		mapsnap_unref(last);
		last = fresh;
	}
	assert_non_null(mapsnap_find(last, (uintptr_t)area));
	mapsnap_unref(last);
}

#define test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		test(only_what_changed_is_read),
		test(what_looks_the_same_afterwards_is_told),
		test(a_target_that_makes_it_forget_is_read_anew),
		test(two_readers_each_go_on_from_their_own),
		test(the_end_comes_in_the_midst_of_changes),
	};

	return run_suite(tests, NULL, NULL);
}
