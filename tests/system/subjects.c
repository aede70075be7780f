/* SPDX-License-Identifier: BSD-2-Clause */
#include "subjects.h"

#include <string.h>

#include "asserts.h"
#include "settled.h"
#include "started.h"

#define FEWEST         30
#define MOST_ARGUMENTS 4

/*
 * Programs that wait for input, or for time to pass; not all need to be there.
 * The last ones are the dynamic loaders of two machines, running another one.
 */
static const char *const commands[] = {
	"awk 1",
	"b2sum",
	"base32",
	"base64",
	"basenc --base16",
	"bash",
	"bc",
	"bzip2",
	"cat",
	"cksum",
	"cmp - /dev/null",
	"comm - /dev/null",
	"cut -c1",
	"dash",
	"dd",
	"diff - /dev/null",
	"expand",
	"factor",
	"fmt",
	"fold",
	"gdb -nx",
	"grep x",
	"gzip",
	"head",
	"m4",
	"md5sum",
	"nl",
	"numfmt",
	"od",
	"paste",
	"perl -e <STDIN>",
	"pr",
	"ptx",
	"python3 -c input()",
	"sed p",
	"sha1sum",
	"sha224sum",
	"sha256sum",
	"sha384sum",
	"sha512sum",
	"shuf",
	"sleep 1000",
	"sort",
	"sum",
	"tac",
	"tail",
	"tee",
	"timeout 1000 cat",
	"tr a b",
	"tsort",
	"unexpand",
	"uniq",
	"wc",
	"xargs",
	"xz",
	"/lib64/ld-linux-x86-64.so.2 /bin/cat",
	"/lib/ld-linux-aarch64.so.1 /bin/cat",
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static struct started subjects[COMMANDS + 1];
static size_t count;

static bool start_command(struct started *started, const char *command)
{
	char words[64], *rest = words;
	const char *argv[MOST_ARGUMENTS + 1] = { NULL };

	strcpy(words, command);
	for (unsigned int i = 0; i < MOST_ARGUMENTS && rest; i++)
		argv[i] = strsep(&rest, " ");
	if (!started_program(started, argv))
		return false;
	if (settled(started->pid) && started_stop(started))
		return true;
	printf("# %s did not wait\n", command);
	started_end(started);
	return false;
}

int subjects_start(void **state)
{
	static const char *const names[] = { "--names", NULL };

	(void)state;
	for (size_t i = 0; i < COMMANDS; i++)
		count += start_command(&subjects[count], commands[i]);
	if (!started_target(&subjects[count], names) || !started_stop(&subjects[count]))
		return -1;
	count++;
	return 0;
}

int subjects_end(void **state)
{
	(void)state;
	while (count > 0)
		started_end(&subjects[--count]);
	return 0;
}

void for_each_subject(void (*check)(pid_t pid))
{
	assert_true(count > FEWEST);
	for (size_t i = 0; i < count; i++)
		check(subjects[i].pid);
}

pid_t subject_with_names(void)
{
	return subjects[count - 1].pid;
}
