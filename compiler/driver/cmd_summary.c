/* SPDX-License-Identifier: Apache-2.0 */
/* mnc summary MODEL... [--count=keras] [--json] [--format=text|svg|dot] [-o FILE] */
#include "driver/driver.h"

#include <inttypes.h>
#include <string.h>

static int one_net(const Args *args, const char *format)
{
    const char *out = args->value[OPT_output] ? args->value[OPT_output] : "-";
    mnc_model *m;
    int code;

    m = driver_open(args, args->operand[0], &code);
    return m ? driver_finish(m, mnc_summary(m, format, out)) : code;
}

static int one_line(const Args *args, const char *path, int width)
{
    mnc_totals t;
    mnc_status s;
    mnc_model *m;
    int code;

    m = driver_open(args, path, &code);
    if (!m)
        return code;
    s = mnc_total(m, &t);
    if (s == MNC_OK)
        printf("%-*s  %11" PRId64 " parameters  %11" PRId64 " frozen  %8" PRId64 " statistics"
               "  %13" PRId64 " mult-adds  %11" PRId64 " bytes weights  %10" PRId64 " arena"
               "  %11" PRId64 " training\n", width, path, t.trainable, t.frozen, t.statistics,
               t.macs, t.weight_bytes, t.arena_bytes, t.train_bytes);
    return driver_finish(m, s);
}

/* A net that cannot be read does not keep the others from their lines. */
static int compare(const Args *args)
{
    int code = EXIT_DONE;
    size_t width = 0;

    for (int i = 0; i < args->n_operand; i++)
        width = strlen(args->operand[i]) > width ? strlen(args->operand[i]) : width;
    for (int i = 0; i < args->n_operand; i++) {
        int c = one_line(args, args->operand[i], (int)width);
        code = c ? c : code;
    }
    return driver_flush(code);
}

int cmd_summary(const Args *args)
{
    const char *format = args->value[OPT_picture] ? args->value[OPT_picture] : "text";
    const char *count = args->value[OPT_count];

    if (args->n_operand < 1)
        return usage_error("summary takes one model or more");
    if (strcmp(format, "text") && strcmp(format, "svg") && strcmp(format, "dot"))
        return usage_error("--format is text, svg or dot, not '%s'", format);
    if (count && strcmp(count, "keras") && strcmp(count, "plain"))
        return usage_error("--count is plain or keras, not '%s'", count);
    if (args->n_operand > 1)
        return args->value[OPT_json] || strcmp(format, "text")
            ? usage_error("several models are compared as text") : compare(args);
    if (args->value[OPT_json])
        format = "json";
    else if (!strcmp(format, "text") && count && !strcmp(count, "keras"))
        format = "keras";
    return one_net(args, format);
}
