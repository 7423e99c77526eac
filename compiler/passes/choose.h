/* SPDX-License-Identifier: Apache-2.0 */
/* choose: what the caller's options choose for a kernel at a shape. */
#ifndef MNC_PASSES_CHOOSE_H
#define MNC_PASSES_CHOOSE_H

#include "ir/choice.h"
#include "mnc/mnc.h"

/* The kernel's name in choices: work that is shared among threads is cut in another way. */
const char *choose_kernel(Arena *a, const mnc_options *o, const char *name);

/* The last that the options have for it; target NULL: whatever the target.  False, with *out of
 * none, when there is none, or one that cannot be read. */
bool choose(const mnc_options *o, const char *target, const char *kernel, const char *shape,
            Choice *out);

#endif
