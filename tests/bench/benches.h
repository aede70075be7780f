/* SPDX-License-Identifier: BSD-2-Clause */
/* Each prints a result for every one of its settings. */
#ifndef BENCHES_H
#define BENCHES_H

#include "contest.h"

void bench_read_text(const char *name, const struct effort *effort);
void bench_read_getline(const char *name, const struct effort *effort);
void bench_exec_query(const char *name, const struct effort *effort);
void bench_read_snapshot(const char *name, const struct effort *effort);
void bench_find(const char *name, const struct effort *effort);
void bench_find_many(const char *name, const struct effort *effort);
void bench_diff(const char *name, const struct effort *effort);
void bench_unchanged(const char *name, const struct effort *effort);
void bench_changed(const char *name, const struct effort *effort);
void bench_hold(const char *name, const struct effort *effort);
void bench_disturb(const char *name, const struct effort *effort);
void bench_tools(const char *name, const struct effort *effort);
void bench_resolve(const char *name, const struct effort *effort);
void bench_publish(const char *name, const struct effort *effort);
void bench_watch(const char *name, const struct effort *effort);
void bench_table(const char *name, const struct effort *effort);
#ifdef HAVE_BPF
void bench_poll(const char *name, const struct effort *effort);
void bench_verified(const char *name, const struct effort *effort);
#endif

#endif
