/* SPDX-License-Identifier: BSD-2-Clause */
/* What a picture says in words, without any markup, whatever draws it. */
#ifndef PICTURE_WORDS_H
#define PICTURE_WORDS_H

#include "capture.h"
#include "picture.h"
#include "picture_label.h"
#include "picture_tally.h"
#include "writer.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* All of them add to a writer to memory. */

/* "37 mappings, 2.9 MiB" */
void write_sum(struct writer *writer, const struct sum *sum);

/* Its addresses, size, permissions, name and place in the file, a line each. */
void write_block(struct writer *writer, const struct picture *picture, const struct block *block);

/* How much is not mapped there, or, of a capture that shows not all, not shown. */
void write_fold(struct writer *writer, const struct capture *capture, const struct piece *fold);

/* What lies between a region and the one before. */
void write_separation(struct writer *writer, const struct capture *capture,
		      const struct region *before, const struct region *region);

/* What it is called, if it has a name. */
void write_label_name(struct writer *writer, const struct label *label);

/* The command; and "PID 812" or "saved.json: PID 812", which stands alone where there is no
 * command. */
void write_title(struct writer *writer, const struct capture *capture);
void write_subtitle(struct writer *writer, const struct capture *capture);

/* Why the label is what it is, and what it promises. */
void write_promise(struct writer *writer, const struct mapsnap_info *info);

/* When it was read, and how. */
void write_reading(struct writer *writer, const struct capture *capture);

/* What is to scale, and what is not. */
void write_explanation(struct writer *writer, const struct capture *capture,
		       const struct picture *picture);

#endif
