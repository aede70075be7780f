/* SPDX-License-Identifier: BSD-2-Clause */
#include "addresses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

static const char separators[] = ", \t\r\n";

int address_parse(const char *text, const char **end, uint64_t *address)
{
	const char *digits = text;
	size_t length;

	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	length = strspn(digits, "0123456789abcdefABCDEF");
	if (length == 0 || strspn(digits, "0") + 16 < length)
		return -EINVAL;
	*address = strtoull(digits, NULL, 16);
	*end = digits + length;
	return 0;
}

static int append(struct addresses *addresses, uint64_t address)
{
	uint64_t *list = array_grow(addresses->list, addresses->count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	addresses->list = list;
	list[addresses->count++] = address;
	return 0;
}

int addresses_add(struct addresses *addresses, const char *list, const char **wrong)
{
	int error = 0;

	for (list += strspn(list, separators); *list && !error; list += strspn(list, separators)) {
		uint64_t address;

		*wrong = list;
		if (address_parse(list, &list, &address) || (*list && !strchr(separators, *list)))
			return -EINVAL;
		error = append(addresses, address);
	}
	return error;
}

void addresses_free(struct addresses *addresses)
{
	free(addresses->list);
	*addresses = (struct addresses){ 0 };
}
