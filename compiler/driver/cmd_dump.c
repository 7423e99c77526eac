/* SPDX-License-Identifier: Apache-2.0 */
/* mnc dump MODEL [--after=PASS] [--stage=ir|plan] [--format=text|svg] [-o FILE] */
#include "driver/driver.h"

#include <string.h>

int cmd_dump(const Args *args)
{
    const char *stage = args->value[OPT_stage] ? args->value[OPT_stage] : "ir";
    const char *format = args->value[OPT_format] ? args->value[OPT_format] : "text";
    const char *out = args->value[OPT_output] ? args->value[OPT_output] : "-";
    mnc_model *m;
    int code;

    if (args->n_operand != 1)
        return usage_error("dump takes one model, not %d", args->n_operand);
    if (strcmp(stage, "ir") && strcmp(stage, "plan"))
        return usage_error("--stage is ir or plan, not '%s'", stage);
    if (strcmp(format, "text") && strcmp(format, "svg"))
        return usage_error("--format is text or svg, not '%s'", format);
    if (!strcmp(stage, "ir") && strcmp(format, "text"))
        return usage_error("--format=svg needs --stage=plan");
    m = driver_open(args, args->operand[0], &code);
    if (!m)
        return code;
    if (!strcmp(stage, "plan"))
        return driver_finish(m, mnc_dump_plan(m, format, out));
    return driver_finish(m, mnc_dump(m, args->value[OPT_after], out));
}
