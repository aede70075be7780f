/* SPDX-License-Identifier: BSD-2-Clause */
#include "label.h"

void label_settled(struct mapsnap_info *info, uint64_t sequence, bool held)
{
	info->consistency = held ? MAPSNAP_LOCKED : MAPSNAP_VERIFIED;
	info->reason = held ? MAPSNAP_REASON_HELD : MAPSNAP_REASON_UNCHANGED;
	info->sequence = sequence;
}

void label_locked(struct mapsnap_info *info)
{
	info->consistency = MAPSNAP_LOCKED;
	info->reason = MAPSNAP_REASON_LOCKED;
}

void label_frozen(struct mapsnap_info *info, bool known, bool torn)
{
	info->consistency = known ? MAPSNAP_FROZEN : MAPSNAP_UNVERIFIED;
	info->reason = known ? MAPSNAP_REASON_FROZEN : MAPSNAP_REASON_SHARERS;
	if (torn)
		info->reason = MAPSNAP_REASON_TORN;
}

void label_unverified(struct mapsnap_info *info, bool torn, bool has_source)
{
	info->consistency = MAPSNAP_UNVERIFIED;
	if (torn)
		info->reason = MAPSNAP_REASON_TORN;
	else if (!has_source)
		info->reason = MAPSNAP_REASON_NO_SOURCE;
}

void label_no_mappings(struct mapsnap_info *info)
{
	info->consistency = MAPSNAP_VERIFIED;
	info->reason = MAPSNAP_REASON_NO_MAPPINGS;
}

bool label_has_sequence(const struct mapsnap_info *info)
{
	return info->reason == MAPSNAP_REASON_UNCHANGED || info->reason == MAPSNAP_REASON_HELD;
}
