/* SPDX-License-Identifier: Apache-2.0 */
/* mnc compile MODEL -o net.c */
#include "driver/run.h"

/* Which compiler will see the file, nobody knows: the usual one is a guess. */
static int compile(Work *w)
{
    int code;
    mnc_model *m = driver_open(w->args, w->model, &code);

    if (!m)
        return code;
    use_tuned(w, m, false);
    return driver_finish(m, mnc_write_c(m, w->args->value[OPT_output]));
}

int cmd_compile(const Args *args)
{
    if (args->n_operand != 1)
        return usage_error("compile takes one model, not %d", args->n_operand);
    if (!args->value[OPT_output])
        return usage_error("compile needs -o FILE.c");
    return do_work(args, compile, NULL);
}
