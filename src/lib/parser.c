/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The format (fs/proc/task_mmu.c, show_vma_header_prefix and show_map_vma):
 *
 *   %08lx-%08lx rwxp %08llx %02x:%02x %lu [spaces up to column 72, space, name]
 *
 * A line without a name ends in the space behind the inode. The name is
 * printed with newlines as \012 and nothing else escaped.
 *
 * Reading the text costs the kernel about 300 ns for an anonymous mapping.
 * The parser must vanish beside that: addresses are read eight digits at a
 * time, and what all anonymous mappings have in common is compared whole. The
 * rest is plain.
 */
#include "parser.h"

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The shortest rest of a line behind the addresses: " rwxp 00000000 00:00 0 \n" */
#define SHORTEST_REST 24

static const char spaces[NAME_PADDING + 2] =
	"                                                                         ";

#define EACH_BYTE(x) (0x0101010101010101u * (uint64_t)(x))

/* The value of a lowercase hex digit plus one; 0 for any other byte. */
static const unsigned char digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* 1 to 16, or 0 at the end of a number. */
static inline unsigned int digit(const char *p)
{
	return digits[(unsigned char)*p];
}

/*
 * Eight lowercase hex digits at once. A digit's value is its low nibble, plus
 * nine for a letter; writing the values back must give the same bytes, a value
 * above nine must come from a letter, and none may exceed fifteen.
 */
static inline bool eight_digits(const char *p, uint64_t *value)
{
	uint64_t text, letter, v, wrong;

	memcpy(&text, p, sizeof(text));
	letter = (text >> 6) & EACH_BYTE(1);
	v = (text & EACH_BYTE(0x0f)) + letter * 9;
	wrong = (v + EACH_BYTE('0') + letter * ('a' - '0' - 10)) ^ text;
	wrong |= v & EACH_BYTE(0xf0);
	wrong |= (((v + EACH_BYTE(6)) >> 4) & EACH_BYTE(1)) ^ letter;

	v = be64toh(v);
	v = (v | v >> 4) & 0x00ff00ff00ff00ffu;
	v = (v | v >> 8) & 0x0000ffff0000ffffu;
	*value = (v | v >> 16) & 0xffffffffu;
	return wrong == 0;
}

/*
 * Behind the first eight digits: more of them only if the first is not zero.
 * Four more is what nearly all addresses have.
 */
static inline const char *parse_rest(const char *p, uint64_t v, uint64_t *value)
{
	unsigned int d = digit(p);

	if (!d) {
		*value = v;
		return p;
	}
	if (v >> 28 == 0)
		return NULL;
	if (digit(p + 1) && digit(p + 2) && digit(p + 3) && !digit(p + 4)) {
		*value = v << 16 | (d - 1) << 12 | (digit(p + 1) - 1) << 8 |
			 (digit(p + 2) - 1) << 4 | (digit(p + 3) - 1);
		return p + 4;
	}
	for (; d; d = digit(++p)) {
		if (v >> 60)
			return NULL;
		v = v << 4 | (d - 1);
	}
	*value = v;
	return p;
}

/* %08lx */
static inline const char *parse_long_hex(const char *p, uint64_t *value)
{
	uint64_t v;

	return eight_digits(p, &v) ? parse_rest(p + 8, v, value) : NULL;
}

/* Sixteen bytes in one register, of whatever processor: gcc's and clang's vectors. */
typedef signed char bytes16 __attribute__((vector_size(16)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t pairs8 __attribute__((vector_size(16)));
typedef uint64_t halves2 __attribute__((vector_size(16)));

/* Two digits a pair, the first of them in its byte at the lower address. */
static inline pairs8 values_of_pairs(pairs8 digit)
{
#if __BYTE_ORDER == __LITTLE_ENDIAN
	return ((digit << 4) | (digit >> 8)) & 255;
#else
	return ((digit >> 4) | digit) & 255;
#endif
}

/*
 * Twelve lowercase hex digits at once, as nearly all addresses have, and the
 * byte behind them. Reads sixteen bytes.
 */
static inline bool twelve_digits(const char *p, char behind, uint64_t *value)
{
	static const bytes16 twelve = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };
	bytes16 text, decimal, letter;
	halves2 wrong;
	bytes8 packed;
	uint64_t v;

	memcpy(&text, p, sizeof(text));
	decimal = (text > '0' - 1) & (text < '9' + 1);
	letter = (text > 'a' - 1) & (text < 'f' + 1);
	wrong = (halves2)(~(decimal | letter) & twelve);
	packed = __builtin_convertvector(values_of_pairs((pairs8)((text & 0x0f) + (letter & 9))),
					 bytes8);
	memcpy(&v, &packed, sizeof(v));
	*value = be64toh(v) >> 16;
	return (wrong[0] | wrong[1]) == 0 && p[12] == behind;
}

/* Both have twelve digits, of which the first is not 0. */
static inline bool parse_long_addresses(const char *p, struct mapsnap_mapping *m)
{
	return twelve_digits(p, '-', &m->start) && twelve_digits(p + 13, ' ', &m->end) &&
	       m->start >> 44 && m->end >> 44;
}

static inline const char *parse_addresses(const char *p, const char *end, struct mapsnap_mapping *m)
{
	if (parse_long_addresses(p, m)) {
		p += 25;
	} else {
		p = parse_long_hex(p, &m->start);
		if (!p || *p++ != '-' || end - p < 8 + SHORTEST_REST)
			return NULL;
		p = parse_long_hex(p, &m->end);
	}
	return p && end - p >= SHORTEST_REST && m->start < m->end ? p : NULL;
}

/* %02x: two digits; more of them only where the first is not zero. */
static inline const char *parse_short_hex(const char *p, uint32_t *value)
{
	const char *first = p;
	uint32_t v = 0;
	unsigned int d;

	for (; (d = digit(p)); p++) {
		if (v >> 28)
			return NULL;
		v = v << 4 | (d - 1);
	}
	if (p - first < 2 || (*first == '0' && p - first > 2))
		return NULL;
	*value = v;
	return p;
}

/* %lu */
static inline const char *parse_decimal(const char *p, uint64_t *value)
{
	const char *first = p;
	uint64_t v = 0;
	unsigned int d;

	while ((d = (unsigned int)(unsigned char)*p - '0') < 10) {
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, d, &v))
			return NULL;
		p++;
	}
	if (p == first || (*first == '0' && p - first > 1))
		return NULL;
	*value = v;
	return p;
}

/*
 * Four letters and the spaces around them. Bit 6 tells r, w and x from a dash,
 * bit 0 tells s from p; then the text must be the one that those bits stand for.
 */
static inline const char *parse_permissions(const char *p, uint16_t *permissions)
{
	static const char texts[16][8] = {
		" ---p ", " r--p ", " -w-p ", " rw-p ", " --xp ", " r-xp ", " -wxp ", " rwxp ",
		" ---s ", " r--s ", " -w-s ", " rw-s ", " --xs ", " r-xs ", " -wxs ", " rwxs ",
	};
	unsigned int bits =
		(p[1] >> 6 & 1) | (p[2] >> 6 & 1) << 1 | (p[3] >> 6 & 1) << 2 | (p[4] & 1) << 3;

	*permissions = (uint16_t)bits;
	return memcmp(p, texts[bits], 6) == 0 ? p + 6 : NULL;
}

/* p stands behind the space behind the inode. */
static const char *parse_name(const char *text, const char *p, const char *end,
			      struct mapsnap_mapping *m)
{
	const char *name = text + NAME_PADDING + 1;
	const char *newline;

	if (name <= p)
		name = p + 1;
	if (end - name < 2 || memcmp(p, spaces, (size_t)(name - p)) != 0)
		return NULL;
	newline = memchr(name, '\n', (size_t)(end - name));
	if (!newline || newline == name || newline - name > INT32_MAX)
		return NULL;
	m->name = name;
	m->name_length = (uint32_t)(newline - name);
	return newline + 1;
}

/* "00000000 00:00 0 \n": neither file nor name, as most mappings of a heap. */
static inline bool is_anonymous(const char *p)
{
	return memcmp(p, "00000000 00:00 0 \n", 18) == 0;
}

static inline const char *parse_file(const char *p, const char *end, struct mapsnap_mapping *m)
{
	p = parse_long_hex(p, &m->offset);
	if (!p || *p++ != ' ' || end - p < 2)
		return NULL;
	p = parse_short_hex(p, &m->device_major);
	if (!p || *p++ != ':' || end - p < 2)
		return NULL;
	p = parse_short_hex(p, &m->device_minor);
	if (!p || *p++ != ' ' || p == end)
		return NULL;
	p = parse_decimal(p, &m->inode);
	return p && *p++ == ' ' && p < end ? p : NULL;
}

const char *parse_line(const char *text, const char *end, struct mapsnap_mapping *mapping)
{
	const char *p;

	if (end - text < 8 + 1 + 8 + SHORTEST_REST)
		return NULL;
	mapping->offset = mapping->inode = 0;
	mapping->device_major = mapping->device_minor = 0;
	mapping->name_length = 0;
	p = parse_addresses(text, end, mapping);
	p = p ? parse_permissions(p, &mapping->permissions) : NULL;
	if (p && is_anonymous(p))
		return p + 18;
	p = p ? parse_file(p, end, mapping) : NULL;
	if (p && *p != '\n')
		return parse_name(text, p, end, mapping);
	return p ? p + 1 : NULL;
}
