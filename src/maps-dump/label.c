/* SPDX-License-Identifier: BSD-2-Clause */
#include "label.h"

#include <stdio.h>

/* What the label rests on: the source where that proved it, otherwise why it is so. */
static void print_ground(const struct mapsnap_info *info)
{
	if (info->reason == MAPSNAP_REASON_UNCHANGED)
		fprintf(stderr, "source %s", mapsnap_source_name(info->source));
	else
		fputs(mapsnap_reason_text(info->reason), stderr);
}

void label_print(const struct capture *capture)
{
	const struct mapsnap_info *info = &capture->info;
	char subject[512];

	fprintf(stderr, "mapsnap: %s: %s (", capture_subject(capture, subject, sizeof(subject)),
		mapsnap_consistency_name(info->consistency));
	print_ground(info);
	if (info->end_ns)
		fprintf(stderr, ", %s, %u attempt%s, %.1f ms", mapsnap_route_name(info->route),
			info->attempts, info->attempts == 1 ? "" : "s",
			(double)(info->end_ns - info->begin_ns) / 1e6);
	if (capture->age_ns)
		fprintf(stderr, ", %.1f s ago", (double)capture->age_ns / 1e9);
	if (info->pause_ns)
		fprintf(stderr, ", stopped for %.1f ms", (double)info->pause_ns / 1e6);
	fputs(")\n", stderr);
}
