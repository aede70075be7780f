/* SPDX-License-Identifier: BSD-2-Clause */
#include "values.h"

#include <string.h>
#include <strings.h>

#include "writer.h"

struct values {
	const char *name;
	struct writer list;
	bool said;
};

/* Headers are called the same in capitals; of a parameter nobody would write it so. */
static bool is_name(const char *name, const char *key, size_t size)
{
	return size == strlen(name) && strncasecmp(name, key, size) == 0;
}

/* Nothing that is read here has a NUL in it, behind which all were lost. */
static void add(struct writer *list, const char *value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		writer_bytes(list, value[i] ? &value[i] : "?", 1);
}

static enum MHD_Result take(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_size,
			    const char *value, size_t size)
{
	struct values *values = cls;

	(void)kind;
	if (!is_name(values->name, key, key_size))
		return MHD_YES;
	if (values->said)
		writer_string(&values->list, ", ");
	if (value)
		add(&values->list, value, size);
	values->said = true;
	return MHD_YES;
}

int values_of(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name,
	      char **list)
{
	struct values values = { .name = name, .list = { .fd = -1 } };
	int error;

	*list = NULL;
	MHD_get_connection_values_n(connection, kind, take, &values);
	if (!values.said)
		return 0;
	writer_bytes(&values.list, "", 1);
	error = values.list.error;
	if (error)
		writer_free(&values.list);
	else
		*list = values.list.buffer;
	return error;
}
