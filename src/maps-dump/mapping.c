/* SPDX-License-Identifier: BSD-2-Clause */
#include "mapping.h"

#include <string.h>

const char *format_permissions(const struct mapsnap_mapping *m, char buffer[PERMISSIONS_SIZE])
{
	buffer[0] = m->permissions & MAPSNAP_READ ? 'r' : '-';
	buffer[1] = m->permissions & MAPSNAP_WRITE ? 'w' : '-';
	buffer[2] = m->permissions & MAPSNAP_EXECUTE ? 'x' : '-';
	buffer[3] = m->permissions & MAPSNAP_SHARED ? 's' : 'p';
	buffer[4] = '\0';
	return buffer;
}

bool has_file(const struct mapsnap_mapping *m)
{
	return m->inode || m->device_major || m->device_minor;
}

bool is_deleted_file(const struct mapsnap_mapping *m)
{
	return m->kind == MAPSNAP_KIND_FILE && m->flags & MAPSNAP_DELETED;
}

bool is_writable_executable(const struct mapsnap_mapping *m)
{
	const uint32_t both = MAPSNAP_WRITE | MAPSNAP_EXECUTE;

	return (m->permissions & both) == both;
}
