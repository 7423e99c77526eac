/* SPDX-License-Identifier: Apache-2.0 */
/* targets: the vector instruction sets, the best first.
 *
 * The register tile of a convolution is tile_m pixels by tile_v vectors: with AVX2's 16 registers
 * 6 x 2 accumulators, 2 weights and 1 pixel; with AVX-512's 32 registers 14 x 2.
 */
#include "backend/emit.h"

#include <string.h>

const Target targets[] = {
    { .name = "x86-64-v4", .suffix = "v4", .vocabulary = "v_x86_64_v4.c.t",
      .guard = "defined(__x86_64__) && defined(__GNUC__)",
      .cpu = "__builtin_cpu_supports(\"avx512f\") && __builtin_cpu_supports(\"avx512vl\")"
             " && __builtin_cpu_supports(\"avx512dq\")",
      .width = 16, .tile_m = 14, .tile_v = 2, .narrow_m = 28, .narrow_v = 1 },
    { .name = "x86-64-v3", .suffix = "v3", .vocabulary = "v_x86_64_v3.c.t",
      .guard = "defined(__x86_64__) && defined(__GNUC__)",
      .cpu = "__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\")",
      .width = 8, .tile_m = 6, .tile_v = 2, .narrow_m = 12, .narrow_v = 1 },
    { .name = "portable", .suffix = "c", .vocabulary = "v_portable.c.t", .guard = "", .cpu = "1",
      .width = 4, .tile_m = 2, .tile_v = 4, .narrow_m = 4, .narrow_v = 2 },
    { .name = NULL }
};

const Target *target_by_name(const char *name)
{
    for (const Target *t = targets; t->name; t++)
        if (!strcmp(t->name, name))
            return t;
    return NULL;
}
