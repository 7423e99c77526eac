/* SPDX-License-Identifier: Apache-2.0 */
/* choose: see the header.  in: mnc_options.choices, texts that may come from anybody's file. */
#include "passes/choose.h"

#include <string.h>

/* With threads a row too many outside or a panel too few leaves some without work, so what is good
 * for one thread says nothing. */
const char *choose_kernel(Arena *a, const mnc_options *o, const char *name)
{
    return o->threads ? arena_printf(a, "%s threads", name) : name;
}

/* From the back: what was added later is meant to hold. */
bool choose(const mnc_options *o, const char *target, const char *kernel, const char *shape,
            Choice *out)
{
    *out = choice_none();
    for (size_t i = o->n_choices; i-- > 0;) {
        const mnc_choice *c = &o->choices[i];
        if (!strcmp(c->shape, shape) && !strcmp(c->kernel, kernel)
            && (!target || !strcmp(c->target, target)))
            return choice_parse(c->knobs, out);
    }
    return false;
}
