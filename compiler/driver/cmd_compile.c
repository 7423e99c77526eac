/* SPDX-License-Identifier: Apache-2.0 */
/* mnc compile MODEL -o net.c */
#include "driver/driver.h"

int cmd_compile(const Args *args)
{
    mnc_model *m;
    int code;

    if (args->n_operand != 1)
        return usage_error("compile takes one model, not %d", args->n_operand);
    if (!args->value[OPT_output])
        return usage_error("compile needs -o FILE.c");
    m = driver_open(args, args->operand[0], &code);
    return m ? driver_finish(m, mnc_write_c(m, args->value[OPT_output])) : code;
}
