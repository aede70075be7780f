/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_palette.h"

const struct palette palette_light = {
	.paper = 0xffffff,
	.ink = 0x1a1f24,
	.soft = 0x5b6570,
	.rule = 0xb4bcc5,
	.quiet = 0xeef1f4,
	.good = 0x00694d,
	.warning = 0xa84300,
	.kind = {
		[MAPSNAP_KIND_ANONYMOUS] = 0xe69f00,
		[MAPSNAP_KIND_FILE] = 0x0072b2,
		[MAPSNAP_KIND_HEAP] = 0xd55e00,
		[MAPSNAP_KIND_STACK] = 0x009e73,
		[MAPSNAP_KIND_NAMED_ANONYMOUS] = 0xe4d01c,
		[MAPSNAP_KIND_SHARED_ANONYMOUS] = 0xcc79a7,
		[MAPSNAP_KIND_MEMFD] = 0xcc79a7,
		[MAPSNAP_KIND_SYSV] = 0xcc79a7,
		[MAPSNAP_KIND_VDSO] = 0x6b7480,
		[MAPSNAP_KIND_VVAR] = 0x6b7480,
		[MAPSNAP_KIND_VSYSCALL] = 0x6b7480,
		[MAPSNAP_KIND_SPECIAL] = 0x6b7480,
	},
};

const struct palette palette_dark = {
	.paper = 0x15181c,
	.ink = 0xe8eaed,
	.soft = 0x9aa5b1,
	.rule = 0x4b545e,
	.quiet = 0x23282e,
	.good = 0x2fc394,
	.warning = 0xff9d5c,
	.kind = {
		[MAPSNAP_KIND_ANONYMOUS] = 0xe69f00,
		[MAPSNAP_KIND_FILE] = 0x56b4e9,
		[MAPSNAP_KIND_HEAP] = 0xff7f3f,
		[MAPSNAP_KIND_STACK] = 0x2fc394,
		[MAPSNAP_KIND_NAMED_ANONYMOUS] = 0xf0e442,
		[MAPSNAP_KIND_SHARED_ANONYMOUS] = 0xe39ac2,
		[MAPSNAP_KIND_MEMFD] = 0xe39ac2,
		[MAPSNAP_KIND_SYSV] = 0xe39ac2,
		[MAPSNAP_KIND_VDSO] = 0x9aa5b1,
		[MAPSNAP_KIND_VVAR] = 0x9aa5b1,
		[MAPSNAP_KIND_VSYSCALL] = 0x9aa5b1,
		[MAPSNAP_KIND_SPECIAL] = 0x9aa5b1,
	},
};

/* Mixed here and not by transparency, which not everything that draws or prints gets right. */
static uint32_t mix(uint32_t colour, uint32_t paper, uint32_t percent)
{
	uint32_t mixed = 0;

	for (unsigned int shift = 0; shift < 24; shift += 8) {
		uint32_t part = (colour >> shift & 0xff) * percent +
				(paper >> shift & 0xff) * (100 - percent);

		mixed |= (part + 50) / 100 << shift;
	}
	return mixed;
}

uint32_t palette_pale(const struct palette *palette, uint32_t kind)
{
	return mix(palette->kind[kind], palette->paper, 40);
}

uint32_t palette_faint(const struct palette *palette, uint32_t kind)
{
	return mix(palette->kind[kind], palette->paper, 10);
}
