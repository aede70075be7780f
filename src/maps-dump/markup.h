/* SPDX-License-Identifier: BSD-2-Clause */
/* Text inside XML and HTML: whatever its bytes are, it stays text. */
#ifndef MARKUP_H
#define MARKUP_H

#include "writer.h"

/*
 * Writes the string as content or as a quoted attribute. A newline is kept;
 * other control characters become \ooo, and what is no character of XML, U+FFFD.
 */
void markup_string(struct writer *writer, const char *string);

/* The same for what a writer to memory holds, which is empty afterwards. */
void markup_words(struct writer *writer, struct writer *words);

#endif
