/* SPDX-License-Identifier: Apache-2.0 */
/* mnc passes: pipeline.def as a table. */
#include "driver/driver.h"
#include "passes/pass.h"

static const char *when_text(unsigned when)
{
    return when & WHEN_ALWAYS ? "always" : when & WHEN_OPT ? "-O2" : "training";
}

int cmd_passes(const Args *args)
{
    if (args->n_operand)
        return usage_error("passes takes no file");
    for (const PassInfo *p = pass_info; p->name; p++)
        printf("%-16s %-9s %s\n", p->name, when_text(p->when), p->help);
    return driver_flush(EXIT_DONE);
}
