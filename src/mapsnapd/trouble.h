/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes wrong, on standard error, with the levels of sd-daemon(3): a line for each kind
 * at a time, however often it happens, and how often it did. Never with an address in it, and
 * never by whose process.
 */
#ifndef TROUBLE_H
#define TROUBLE_H

enum trouble {
	TROUBLE_DESCRIPTORS,
	TROUBLE_MEMORY,
	TROUBLE_REFUSED,
	TROUBLE_SEARCH,
	TROUBLE_ROUND,
	TROUBLE_GATE,
	TROUBLE_CLIENTS,
	TROUBLE_ROOM,
	TROUBLE_CONFIGURATION,
	TROUBLE_KINDS
};

/* A warning; any thread. */
void trouble(enum trouble kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Something to know, not at a bounded rate. */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
