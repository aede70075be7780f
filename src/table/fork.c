/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child has one thread. What others were in the midst of would stay so for
 * ever: a mutex locked, a list half changed, a reader never gone. So a fork waits for
 * writers and listeners, of whatever table, and liburcu is told of it, which forgets
 * the readers that are not there any more. The state that this takes is the
 * only one that belongs to no table.
 */
#include "fork.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "rcu.h"
#include "table.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct mapsnap_table *tables;
static bool registered;

/* In the order in which a writer takes them, liburcu's last. */
static void before_fork(void)
{
	pthread_mutex_lock(&mutex);
	for (struct mapsnap_table *table = tables; table; table = table->next) {
		pthread_mutex_lock(&table->writer);
		pthread_mutex_lock(&table->events.mutex);
	}
	urcu_bp_before_fork();
}

static void unlock_all(void)
{
	for (struct mapsnap_table *table = tables; table; table = table->next) {
		pthread_mutex_unlock(&table->events.mutex);
		pthread_mutex_unlock(&table->writer);
	}
	pthread_mutex_unlock(&mutex);
}

static void in_parent(void)
{
	urcu_bp_after_fork_parent();
	unlock_all();
}

static void in_child(void)
{
	urcu_bp_after_fork_child();
	for (struct mapsnap_table *table = tables; table; table = table->next)
		timer_renew(&table->timer);
	unlock_all();
}

/* Not before there is a table: who has none pays nothing. */
static bool register_handlers(void)
{
	if (!registered)
		registered = pthread_atfork(before_fork, in_parent, in_child) == 0;
	return registered;
}

static void put_in(struct mapsnap_table *table)
{
	table->next = tables;
	if (tables)
		tables->previous = table;
	tables = table;
}

int fork_watch(struct mapsnap_table *table)
{
	bool good;

	pthread_mutex_lock(&mutex);
	good = register_handlers();
	if (good)
		put_in(table);
	pthread_mutex_unlock(&mutex);
	return good ? 0 : -ENOMEM;
}

void fork_forget(struct mapsnap_table *table)
{
	pthread_mutex_lock(&mutex);
	if (table->next)
		table->next->previous = table->previous;
	if (table->previous)
		table->previous->next = table->next;
	else
		tables = table->next;
	pthread_mutex_unlock(&mutex);
}
