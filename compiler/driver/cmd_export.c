/* SPDX-License-Identifier: Apache-2.0 */
/* mnc export MODEL -o FILE.onnx|.safetensors|.mnet [--fold] */
#include "driver/driver.h"

int cmd_export(const Args *args)
{
    mnc_model *m;
    int code;

    if (args->n_operand != 1)
        return usage_error("export takes one model, not %d", args->n_operand);
    if (!args->value[OPT_output])
        return usage_error("export needs -o FILE.onnx, FILE.safetensors or FILE.mnet");
    m = driver_open(args, args->operand[0], &code);
    if (!m)
        return code;
    return driver_finish(m, mnc_export(m, args->value[OPT_output],
                                       args->value[OPT_fold] != NULL));
}
