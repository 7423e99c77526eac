/* SPDX-License-Identifier: Apache-2.0 */
/* image_pattern: an image that has a bit of everything, and a hash to know its bits by.
 *
 * Include after rt_job.h. */
#ifndef MNC_TEST_IMAGE_PATTERN_H
#define MNC_TEST_IMAGE_PATTERN_H

#include "image.h"

static inline uint64_t fnv(const unsigned char *p, size_t n)
{
    uint64_t h = 0xcbf29ce484222325U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001b3U;
    return h;
}

static inline RtImage pattern(Job *j, int width, int height)
{
    RtImage m;

    assert_true(rt_image_alloc(&j->a, "x", width, height, &m, &j->d));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            unsigned char *p = m.rgb + (y * width + x) * 3;
            p[0] = (unsigned char)(x * x * 7 + y * 13);
            p[1] = (unsigned char)((x * 31) ^ (y * 17));
            p[2] = (unsigned char)((x + y) * 5 + x * y % 11 * 20);
        }
    return m;
}

#endif
