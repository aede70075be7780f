/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "figure.h"
#include "mapping.h"

void write_sum(struct writer *writer, const struct sum *sum)
{
	writer_printf(writer, "%s mapping%s, %s", figure_of_number(sum->mappings).text,
		      sum->mappings == 1 ? "" : "s", figure_of_bytes(sum->bytes).text);
}

static void write_mapping(struct writer *writer, const struct mapsnap_mapping *m)
{
	char permissions[PERMISSIONS_SIZE];

	writer_printf(writer, "%s, %s, %s", figure_of_bytes(m->end - m->start).text,
		      format_permissions(m, permissions), mapsnap_kind_name(m->kind));
	if (*m->name) {
		writer_string(writer, "\n");
		writer_printable(writer, m->name, true);
	}
	if (has_file(m))
		writer_printf(writer, "\noffset 0x%" PRIx64 ", device %02x:%02x, inode %" PRIu64,
			      m->offset, m->device_major, m->device_minor, m->inode);
}

static void write_part(struct writer *writer, const char *separator, const struct sum *sum,
		       const char *name)
{
	if (sum->mappings)
		writer_printf(writer, "%s%s %s (%s)", separator,
			      figure_of_number(sum->mappings).text, name,
			      figure_of_bytes(sum->bytes).text);
}

/* Of a block of several mappings. */
static void write_parts(struct writer *writer, const struct tally *tally)
{
	write_sum(writer, &tally->all);
	writer_string(writer, ", drawn together");
	for (uint32_t kind = 0; kind < KINDS; kind++)
		write_part(writer, "\n", &tally->kind[kind], mapsnap_kind_name(kind));
	for (enum access access = 0; access < ACCESSES; access++)
		write_part(writer, "\n", &tally->access[access], access_name(access));
	write_part(writer, "\n", &tally->deleted, "deleted");
}

void write_block(struct writer *writer, const struct picture *picture, const struct block *block)
{
	struct tally tally;

	writer_printf(writer, "%" PRIx64 "-%" PRIx64 "\n", block->start, block->end);
	if (block->mappings == 1) {
		write_mapping(writer, block->first);
		return;
	}
	if (block->one_name && *block->first->name) {
		writer_printable(writer, block->first->name, true);
		writer_string(writer, "\n");
	}
	tally = tally_of_block(picture, block);
	write_parts(writer, &tally);
}

/* What filters leave out looks like a gap, and must not be called one. */
static const char *absent(const struct capture *capture)
{
	return selection_is_all(&capture->selection) ? "not mapped" : "not mapped or left out";
}

void write_fold(struct writer *writer, const struct capture *capture, const struct piece *fold)
{
	if (fold->back)
		writer_printf(writer, "back by %s: what was read is torn",
			      figure_of_bytes(fold->distance).text);
	else
		writer_printf(writer, "%s %s", figure_of_bytes(fold->distance).text,
			      absent(capture));
}

void write_label_name(struct writer *writer, const struct label *label)
{
	if (label->continued)
		writer_string(writer, *label->name ? ELLIPSIS " " : ELLIPSIS);
	if (label->mappings)
		writer_printf(writer, "%s mappings", figure_of_number(label->mappings).text);
	else
		writer_printable(writer, label->name, true);
}

static void write_subject(struct writer *writer, const struct capture *capture)
{
	char subject[512];

	writer_printable(writer, capture_subject(capture, subject, sizeof(subject)), true);
}

void write_title(struct writer *writer, const struct capture *capture)
{
	if (capture->command)
		writer_printable(writer, capture->command, true);
	else
		write_subject(writer, capture);
}

void write_subtitle(struct writer *writer, const struct capture *capture)
{
	if (capture->command) {
		writer_string(writer, " ");
		write_subject(writer, capture);
	}
	if (!selection_is_all(&capture->selection))
		writer_string(writer, " (filtered)");
}

void write_promise(struct writer *writer, const struct mapsnap_info *info)
{
	writer_printf(writer, "%s; %s", mapsnap_reason_text(info->reason),
		      is_consistent(info) ? "all mappings held at one instant"
					  : "it may mix instants");
}

/* Of a process: by the clock on the wall. A saved capture has only the clock of its machine. */
static void write_time(struct writer *writer, const struct capture *capture)
{
	const uint64_t s = 1000 * 1000 * 1000;
	uint64_t begin = capture->info.begin_ns;
	struct timespec now, wall;
	struct tm local;
	time_t at;
	char text[64];

	if (capture->origin) {
		writer_printf(writer, "%s.%03u s after boot", figure_of_number(begin / s).text,
			      (unsigned int)(begin % s / (1000 * 1000)));
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	clock_gettime(CLOCK_REALTIME, &wall);
	at = wall.tv_sec - (now.tv_sec - (time_t)(begin / s));
	if (localtime_r(&at, &local) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &local))
		writer_string(writer, text);
}

void write_reading(struct writer *writer, const struct capture *capture)
{
	const struct mapsnap_info *info = &capture->info;

	if (!info->end_ns) {
		writer_string(writer, "Saved text, which does not say when it was read.");
		return;
	}
	writer_string(writer, "Read ");
	write_time(writer, capture);
	writer_printf(writer, ", by %s, in %u attempt%s and %.1f ms.",
		      mapsnap_route_name(info->route), info->attempts,
		      info->attempts == 1 ? "" : "s",
		      (double)(info->end_ns - info->begin_ns) / 1e6);
	if (info->pause_ns)
		writer_printf(writer, " It was stopped for %.1f ms.", (double)info->pause_ns / 1e6);
}

static void write_joined(struct writer *writer, const struct picture *picture)
{
	uint64_t blocks = 0, mappings = 0;

	for (size_t i = 0; i < picture->blocks.count; i++) {
		const struct block *block = &picture->blocks.list[i];

		if (block->mappings > 1) {
			blocks++;
			mappings += block->mappings;
		}
	}
	if (blocks)
		writer_printf(writer,
			      " %s mappings narrower than 1/%d of a line are drawn together, in %s "
			      "block%s.",
			      figure_of_number(mappings).text, LINE_UNITS / NARROW_UNITS,
			      figure_of_number(blocks).text, blocks == 1 ? "" : "s");
}

void write_explanation(struct writer *writer, const struct capture *capture,
		       const struct picture *picture)
{
	if (picture->region_count > 1)
		writer_string(writer, "Each region has a scale of its own, which its ruler gives; "
				      "the bar above has one for all.");
	else
		writer_string(writer, "All is drawn at one scale, which the ruler gives.");
	writer_printf(writer,
		      " What is %s is blank; where it is longer than 1/%d of a line it is "
		      "folded, and its size is written there.",
		      absent(capture), LINE_UNITS / FOLD_UNITS);
	writer_printf(writer, " Nothing is drawn narrower than 1/%d of a line.", LINE_UNITS);
	write_joined(writer, picture);
}

void write_separation(struct writer *writer, const struct capture *capture,
		      const struct region *before, const struct region *region)
{
	if (before->end == region->start)
		writer_string(writer, "goes on at another scale");
	else
		write_fold(writer, capture,
			   &(struct piece){
				   .distance = scale_distance(before->end, region->start),
				   .back = region->start < before->end,
			   });
}
