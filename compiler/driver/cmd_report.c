/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_report: `mnc report MODEL [-o FILE] [--no-times]`: a model as one page for the browser.
 *
 * The file is begun before anything is timed, so that a folder that cannot be written to is found
 * at once; it appears when all of it is there.  Without times the page depends on the model and on
 * mnc's version alone.
 */
#include "driver/tune.h"

#include "base/file.h"

enum { ROUNDS = 60, SECONDS = 20, SECTIONS = 2 };

/* The page's model is another one than the one that was compiled: both are used up. */
static bool write_page(Work *w, const mnc_section *more, size_t n, OutFile *f)
{
    mnc_model *m = open_model(w);
    const char *text;
    size_t size;

    if (!m)
        return false;
    if (mnc_report(m, more, n, &text, &size) != MNC_OK) {
        fputs(mnc_messages(m), stderr);
        return false;
    }
    buf_put(file_buf(f), text, size);
    return file_commit(f, &w->d);
}

static int report(Work *w)
{
    const char *path = w->args->value[OPT_output] ? w->args->value[OPT_output] : "-";
    OutFile *f = file_create(&w->a, path, &w->d);
    mnc_section more[SECTIONS];
    Bench *b = w->own;
    size_t n = 0;

    if (!f)
        return EXIT_FAILED;
    if (w->args->value[OPT_no_times] && !w->options.target)
        w->options.target = "auto";        /* the plan of any machine, not of this one */
    if (!w->args->value[OPT_no_times]) {
        if (!bench_run(w, b))
            return EXIT_FAILED;
        more[n++] = bench_section(b, &w->a);
        n += tune_section(w, b->lane[0].net.model, &more[n]);
    }
    return write_page(w, more, n, f) ? EXIT_DONE : EXIT_FAILED;
}

int cmd_report(const Args *args)
{
    Bench b = { .threads = 1, .rounds = ROUNDS, .budget = SECONDS, .n_lane = 1, .layers = true };

    if (args->n_operand != 1)
        return usage_error("report takes one model, not %d", args->n_operand);
    if (!bench_numbers(args, &b))
        return EXIT_USAGE;
    return do_work(args, report, &b);
}
