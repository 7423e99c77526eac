/* SPDX-License-Identifier: Apache-2.0 */
/* train_show: bars, lines, metrics and the comparison of several nets. */
#include "driver/train.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The bar is taken away before anything else is said. */
static void draw_bar(void *user, const char *text)
{
    (void)user;
    fprintf(stderr, "\r%s\033[K", text ? text : "");
    fflush(stderr);
}

static void put_line(void *user, const char *text)
{
    FILE *f = user;

    fputs(text, f);
    fflush(f);
}

/* One less than there are: the last one would wrap. */
static int columns(void)
{
    struct winsize size;

    return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1 ? size.ws_col - 1 : 79;
}

/* With --json standard output is for the JSON alone. */
void show_log(RtLog *log, bool json)
{
    *log = (RtLog){ .line = put_line, .user = json ? stderr : stdout, .columns = columns };
    if (isatty(STDERR_FILENO))
        log->bar = draw_bar;
}

/* ---- metrics ---- */

enum { MOST_CLASSES = 25 };      /* a wider matrix is not for reading; --json has it */

static void put_confusion(Arena *a, Buf *b, const RtMetrics *m, const char *const *name)
{
    buf_str(b, "\nlabel (down) by answer (across)\n");
    for (int i = 0; i < m->classes; i++) {
        const int64_t *row = m->confusion + (int64_t)i * m->classes;
        int64_t all = 0;
        for (int k = 0; k < m->classes; k++) {
            all += row[k];
            buf_printf(b, "%6lld", (long long)row[k]);
        }
        buf_printf(b, "  %5.1f %%  %s\n", all ? 100 * (double)row[i] / (double)all : 0,
                   diag_quote(a, name[i]));
    }
}

bool metrics_text(Arena *a, const RtMetrics *m, const char *const *class_name, Diag *d)
{
    Buf b;

    buf_init(&b, a);
    buf_printf(&b, "%lld samples  loss %.5f  top-1 %.5f  top-5 %.5f  recall %.5f  auc %.5f\n",
               (long long)m->n, rt_metrics_loss(m), rt_metrics_top1(m), rt_metrics_top5(m),
               rt_metrics_recall(m), rt_metrics_auc(m));
    if (m->classes <= MOST_CLASSES)
        put_confusion(a, &b, m, class_name);
    return print_out(a, b.p, d);
}

static json_t *json_confusion(const RtMetrics *m)
{
    json_t *out = json_array();

    for (int i = 0; i < m->classes; i++) {
        json_t *row = json_array();
        for (int k = 0; k < m->classes; k++)
            json_array_append_new(row,
                                  json_integer(m->confusion[(int64_t)i * m->classes + k]));
        json_array_append_new(out, row);
    }
    return out;
}

/* {"schema": 1, "net", "samples", "loss", "top1", "top5", "recall", "auc", "classes": [name...],
 * "confusion": [[count by answer...] by label...]} */
bool metrics_json(Arena *a, const char *net, const RtMetrics *m, const char *const *class_name,
                  Diag *d)
{
    json_t *root = json_object(), *names = json_array();

    for (int i = 0; i < m->classes; i++)
        json_array_append_new(names, json_text(a, class_name[i]));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "net", json_text(a, net));
    json_object_set_new(root, "samples", json_integer(m->n));
    json_object_set_new(root, "loss", json_number(rt_metrics_loss(m)));
    json_object_set_new(root, "top1", json_number(rt_metrics_top1(m)));
    json_object_set_new(root, "top5", json_number(rt_metrics_top5(m)));
    json_object_set_new(root, "recall", json_number(rt_metrics_recall(m)));
    json_object_set_new(root, "auc", json_number(rt_metrics_auc(m)));
    json_object_set_new(root, "classes", names);
    json_object_set_new(root, "confusion", json_confusion(m));
    return print_json(a, root, d);
}

/* ---- several nets ---- */

/* "0.7390", or "-" for what was not measured. */
static const char *share_text(double x, char text[16])
{
    if (isfinite(x))
        snprintf(text, 16, "%.4f", x);
    else
        strcpy(text, "-");
    return text;
}

static void show_table(const TrainResult *r, int n)
{
    int width = 3;

    for (int i = 0; i < n; i++)
        width = (int)strlen(r[i].net) > width ? (int)strlen(r[i].net) : width;
    printf("\n%-*s  train acc  test acc  time per epoch  parameters\n", width, "net");
    for (int i = 0; i < n; i++) {
        char train[16], test[16];
        if (!r[i].done)
            printf("%-*s  failed\n", width, r[i].net);
        else
            printf("%-*s  %9s  %8s  %12.2f s  %10.0f\n", width, r[i].net,
                   share_text(r[i].train_top1, train), share_text(r[i].test_top1, test),
                   r[i].epoch_seconds, r[i].params);
    }
}

static json_t *json_result(const TrainResult *r)
{
    json_t *o = json_object(), *net = json_string(r->net);

    json_object_set_new(o, "net", net ? net : json_null());
    json_object_set_new(o, "done", json_boolean(r->done));
    json_object_set_new(o, "train_top1", json_number(r->train_top1));
    json_object_set_new(o, "test_top1", json_number(r->test_top1));
    json_object_set_new(o, "test_loss", json_number(r->test_loss));
    json_object_set_new(o, "epoch_seconds", json_number(r->epoch_seconds));
    json_object_set_new(o, "seconds", json_number(r->seconds));
    json_object_set_new(o, "steps", json_number(r->steps));
    json_object_set_new(o, "parameters", json_number(r->params));
    json_object_set_new(o, "state_bytes", json_number(r->state_bytes));
    return o;
}

void show_results(const TrainResult *r, int n, bool json)
{
    json_t *root, *nets;

    if (!json) {
        if (n > 1)
            show_table(r, n);
        return;
    }
    root = json_object();
    nets = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(nets, json_result(&r[i]));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "nets", nets);
    json_dumpf(root, stdout, JSON_SORT_KEYS | JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(root);
}
