/* SPDX-License-Identifier: BSD-2-Clause */
#include "figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

struct figure figure_of_bytes(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	struct figure figure = { 0 };
	double value = (double)bytes;
	unsigned int unit = 0;

	/* What would be rounded to 1024 is 1 of the next unit. */
	while (value >= 1023.95) {
		value /= 1024;
		unit++;
	}
	snprintf(figure.text, sizeof(figure.text), "%.*f %s",
		 value >= 100 || value == floor(value) ? 0 : 1, value, units[unit]);
	return figure;
}

struct figure figure_of_number(uint64_t number)
{
	struct figure figure = { 0 };
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *out = figure.text;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*out++ = ',';
		*out++ = digits[i];
	}
	return figure;
}
