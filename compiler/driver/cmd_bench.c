/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_bench: `mnc bench MODEL...`: how long a run takes on this machine.
 *
 * All nets are compiled and loaded first; then they run in turn, so that what else the machine does
 * meets all alike.  The shortest run is what the code can do, the median what one gets.  Inputs are
 * random.
 */
#include "driver/bench.h"

#include <string.h>

enum { ROUNDS = 60, SECONDS = 60 };

/* For do_work, which sees to the memory. */
static int bench(Work *w)
{
    Bench *b = w->own;

    return bench_run(w, b) && bench_report(w, b) ? EXIT_DONE : EXIT_FAILED;
}

static int peak(Work *w)
{
    Bench *b = w->own;

    return bench_peak(w, b) && bench_report_peak(w, b) ? EXIT_DONE : EXIT_FAILED;
}

static int start(Work *w)
{
    return bench_start(w) ? EXIT_DONE : EXIT_FAILED;
}

/* From 1 to most; without the option *out stays what it is. */
static bool number(const Args *args, OptionId id, size_t most, int *out)
{
    size_t n;

    if (!args->value[id])
        return true;
    if (!args_bytes(args->value[id], &n) || n < 1 || n > most)
        return false;
    *out = (int)n;
    return true;
}

bool bench_numbers(const Args *args, Bench *b)
{
    if (!number(args, OPT_on_threads, 64, &b->threads)) {
        usage_error("--threads is a number of threads from 1 to 64, not '%s'",
                    args->value[OPT_on_threads]);
        return false;
    }
    if (!number(args, OPT_rounds, 1000000, &b->rounds)) {
        usage_error("--rounds is a positive number, not '%s'", args->value[OPT_rounds]);
        return false;
    }
    return true;
}

int cmd_bench(const Args *args)
{
    const char *format = args->value[OPT_bench_format] ? args->value[OPT_bench_format] : "text";
    Bench b = { .threads = 1, .rounds = ROUNDS, .budget = SECONDS, .n_lane = args->n_operand,
                .svg = !strcmp(format, "svg"), .fresh = args->value[OPT_fresh] != NULL };

    b.layers = args->value[OPT_time_layers] || b.svg;
    if ((args->n_operand < 1) != (args->value[OPT_peak] != NULL))
        return usage_error(args->n_operand ? "--peak takes no model"
                                           : "bench takes one model or more");
    if (!bench_numbers(args, &b))
        return EXIT_USAGE;
    if (!b.svg && strcmp(format, "text"))
        return usage_error("--format is text or svg, not '%s'", format);
    if (b.svg && args->value[OPT_json])
        return usage_error("--json and --format=svg are two formats");
    b.target = args->value[OPT_target];
    if (!b.target || !strcmp(b.target, "native") || !strcmp(b.target, "auto"))
        b.target = mnc_native_target();
    if (args->value[OPT_start])
        return args->n_operand ? do_work(args, start, NULL)
                               : usage_error("--start takes one model or more");
    return do_work(args, args->value[OPT_peak] ? peak : bench, &b);
}
