/* SPDX-License-Identifier: Apache-2.0 */
/* png_arena: what reading and writing PNG files have in common: memory comes from an arena, so
 * that a jump out of libpng leaves nothing behind, and warnings, of chunks that do not matter
 * here (profiles, times, comments), are not passed on. */
#ifndef MNC_RT_PNG_ARENA_H
#define MNC_RT_PNG_ARENA_H

#include "base/arena.h"

#include <png.h>

static inline void png_no_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static inline png_voidp png_arena_malloc(png_structp png, png_alloc_size_t n)
{
    return arena_alloc(png_get_mem_ptr(png), n);
}

static inline void png_arena_free(png_structp png, png_voidp p)
{
    (void)png;
    (void)p;
}

#endif
