/* SPDX-License-Identifier: BSD-2-Clause */
/* One read of a subject, by cat's way or the library's, judged and counted. */
#ifndef TORTURE_READING_H
#define TORTURE_READING_H

#include "maps_text.h"
#include "torture.h"
#include "torture_source.h"
#include "torture_subject.h"

struct torture_reader {
	struct torture_source source;
	struct mapsnap_options options;
	struct torture_result *result;
	struct maps_text text;
};

void torture_read_plain(struct torture_reader *reader, const struct torture_subject *subject);

/*
 * By mapsnap_read(), or with an old snapshot by mapsnap_changes(), which begins
 * *changes. The caller owns what it returns: NULL where the subject was gone, or
 * it did not settle.
 */
struct mapsnap *torture_read_labelled(struct torture_reader *reader,
				      const struct torture_subject *subject, struct mapsnap *old,
				      struct mapsnap_diff *changes);

#endif
