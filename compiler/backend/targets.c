/* SPDX-License-Identifier: Apache-2.0 */
/* targets: the vector instruction sets, the best first.
 *
 * The register tile of a convolution is tile_m pixels by tile_v vectors: with AVX2's 16 registers
 * 6 x 2 accumulators, 2 weights and 1 pixel; with AVX-512's 32 registers 14 x 2; with NEON's 32
 * 6 x 4, 4 weights and 1 pixel.  A tile is whole panels of 16 channels wide (k_conv.c).
 * Whether fetching from the L2 cache into the L1 pays was measured (doc/kernels.md): 3 to 5 % of a
 * pointwise layer with AVX2, whose tiles meet a line of weights in 6 cycles, and -2 % with AVX-512.
 */
#include "backend/emit.h"

#include <string.h>

/* What a CPU must have, for the generated file (as text) and for this machine (as code). */
#define HAS_V4 __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") \
               && __builtin_cpu_supports("avx512dq")
#define HAS_V3 __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

/* The order is that of choice: the first that a CPU has.  narrow_m and narrow_v are the tile for
 * few output channels; sums per tile are the same, or nearly. */
const Target targets[] = {
    { .name = "x86-64-v4", .suffix = "v4", .vocabulary = "v_x86_64_v4.c.t",
      .guard = "defined(__x86_64__) && defined(__GNUC__)",
      .cpu = TEXT(HAS_V4), .width = 16, .registers = 32,
      .tile_m = 14, .tile_v = 2, .narrow_m = 28, .narrow_v = 1 },
    { .name = "x86-64-v3", .suffix = "v3", .vocabulary = "v_x86_64_v3.c.t",
      .guard = "defined(__x86_64__) && defined(__GNUC__)",
      .cpu = TEXT(HAS_V3), .width = 8, .registers = 16,
      .tile_m = 6, .tile_v = 2, .narrow_m = 12, .narrow_v = 1, .ahead = 96 },
    { .name = "armv8-a", .suffix = "neon", .vocabulary = "v_armv8_a.c.t",
      .guard = "defined(__aarch64__) && defined(__GNUC__)", .cpu = "1",
      .width = 4, .registers = 32, .tile_m = 6, .tile_v = 4, .narrow_m = 12, .narrow_v = 2 },
    { .name = "portable", .suffix = "c", .vocabulary = "v_portable.c.t", .guard = "", .cpu = "1",
      .width = 4, .registers = 16, .tile_m = 2, .tile_v = 4, .narrow_m = 4, .narrow_v = 2 },
    { .name = NULL }
};

/* Tiles as portable has them, so that the same kernels are put together in the same way. */
const Target target_doubles = {
    .name = "portable", .suffix = "c", .vocabulary = "v_doubles.c.t", .guard = "", .cpu = "1",
    .width = 4, .registers = 16, .tile_m = 2, .tile_v = 4, .narrow_m = 4, .narrow_v = 2
};

/* NULL: there is none. */
const Target *target_by_name(const char *name)
{
    for (const Target *t = targets; t->name; t++)
        if (!strcmp(t->name, name))
            return t;
    return NULL;
}

/* Asks this machine, so what it chooses differs from one to the next; auto never does. */
const char *target_native(void)
{
#if defined(__x86_64__)
    if (HAS_V4)
        return "x86-64-v4";
    if (HAS_V3)
        return "x86-64-v3";
#elif defined(__aarch64__)
    return "armv8-a";
#endif
    return "portable";
}
