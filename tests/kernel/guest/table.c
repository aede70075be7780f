/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <string.h>

void table_begin(FILE *out)
{
	fputs("<!-- SPDX-License-Identifier: GPL-2.0 -->\n"
	      "<!-- written by test-guest-operations --table, in a guest with this kernel -->\n"
	      "# What changes /proc/PID/maps, and what moves the sequence number\n"
	      "\n"
	      "A process of its own did each operation, or another process did it to that one. At "
	      "rest before and\n"
	      "after, the text of maps was read and PROCMAP_SEQ asked for the number. Where the "
	      "number moves and the\n"
	      "text stays, a reader only tries once more than necessary. Where the text changes "
	      "and the number stays,\n"
	      "in the last rows, it is the name of a file that changed, which is no part of the "
	      "address space.\n"
	      "ESRCH and ESTALE are errors of PROCMAP_SEQ: the address space that was opened is "
	      "gone, or is not that\n"
	      "of the process any more.\n"
	      "\n"
	      "| operation | text | number |\n"
	      "|---|---|---|\n",
	      out);
}

static const char *number(const struct observation *seen)
{
	if (seen->after.error)
		return strerrorname_np(-seen->after.error);
	return observed_other_number(seen) ? "moves" : "stays";
}

static const char *text(const struct observation *seen)
{
	if (seen->after.length == 0)
		return "ends";
	return observed_other_text(seen) ? "changes" : "stays";
}

void table_row(FILE *out, const struct operation *operation, const struct observation *seen)
{
	if (!seen->skipped)
		fprintf(out, "| %s | %s | %s |\n", operation->name, text(seen), number(seen));
}
