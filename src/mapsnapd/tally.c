/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

void tally_snapshot(struct tally *tally, const struct mapsnap_info *info)
{
	/* What is not known is counted as nothing else. */
	if (info->consistency < TALLY_LABELS && info->source < TALLY_SOURCES)
		tally_add(&tally->snapshots[info->consistency][info->source], 1);
	tally_add(&tally->attempts, info->attempts);
	tally_add(&tally->mappings, info->mappings_read);
	if (info->reason == MAPSNAP_REASON_CHANGED || info->reason == MAPSNAP_REASON_DEADLINE)
		tally_add(&tally->fallbacks, 1);
	histogram_add(&tally->reading, info->end_ns - info->begin_ns);
}

void tally_event(struct tally *tally, uint32_t type)
{
	if (type < TALLY_EVENTS)
		tally_add(&tally->became[type], 1);
}
