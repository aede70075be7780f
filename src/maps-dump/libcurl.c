/* SPDX-License-Identifier: BSD-2-Clause */
#include "libcurl.h"

#include <dlfcn.h>
#include <stdbool.h>

/* ISO C has no conversion to a pointer to a function; POSIX has what dlsym() returns hold one. */
static bool find(void *library, const char *name, void *function)
{
	*(void **)function = dlsym(library, name);
	return *(void **)function;
}

const struct libcurl *libcurl_load(void)
{
	static struct libcurl curl;
	/* The name of its ABI, which has been this one since 2006. It stays loaded. */
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (library && find(library, "curl_easy_init", &curl.init) &&
	    find(library, "curl_easy_setopt", &curl.setopt) &&
	    find(library, "curl_easy_perform", &curl.perform) &&
	    find(library, "curl_easy_getinfo", &curl.getinfo) &&
	    find(library, "curl_easy_strerror", &curl.strerror) &&
	    find(library, "curl_easy_cleanup", &curl.cleanup))
		return &curl;
	return NULL;
}
