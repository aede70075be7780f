/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is called of libcurl. It is loaded where a service is asked, and not linked: with
 * all that it needs itself, each start of the program would take three times as long.
 */
#ifndef LIBCURL_H
#define LIBCURL_H

/* Otherwise calls by these names are macros, which know no pointers. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

struct libcurl {
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *setopt;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *getinfo;
	__typeof__(curl_easy_strerror) *strerror;
	__typeof__(curl_easy_cleanup) *cleanup;
};

/* NULL: there is none. */
const struct libcurl *libcurl_load(void);

#endif
