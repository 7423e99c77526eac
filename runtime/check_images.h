/* SPDX-License-Identifier: Apache-2.0 */
/* check_images: which image files decode, tried by several threads. */
#ifndef MNC_RT_CHECK_IMAGES_H
#define MNC_RT_CHECK_IMAGES_H

#include "base/arena.h"

/* For each of n paths NULL, or why it does not decode.  workers below 1 counts as 1. */
const char **rt_check_images(Arena *a, const char *const *path, int64_t n, int workers);

#endif
