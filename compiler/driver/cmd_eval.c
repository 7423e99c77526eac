/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_eval: `mnc eval NET --params FILE --data SPEC`: what a net is worth on a set's test part; and
 * `mnc predict NET --params FILE IMAGE...`: what it answers to images.
 *
 * Both compile the net for inference, batch norms folded: what is measured is what runs later.  How
 * a sample is prepared stands in the checkpoint; a recipe or options say it otherwise.
 */
#include "driver/train.h"

#include <string.h>

typedef struct Eval {
    Work *w;
    RtRecipe recipe;
    Loaded net;
    RtCheckpoint checkpoint;     /* path NULL: the parameters come from elsewhere */
    const char *const *class_name;
    int classes;
} Eval;

/* ---- what the checkpoint says ---- */

static void split_classes(Eval *e, const char *text)
{
    const char **name = arena_new_n(&e->w->a, const char *, strlen(text) + 1);

    for (;; text++) {
        size_t n = strcspn(text, "\n");
        name[e->classes++] = arena_strndup(&e->w->a, text, n);
        text += n;
        if (!*text)
            break;
    }
    e->class_name = name;
}

static const char *text_or(const Eval *e, const char *given, const char *key)
{
    return given ? given : rt_checkpoint_text(&e->checkpoint, key);
}

/* Options win over the checkpoint. */
static bool read_checkpoint(Eval *e)
{
    const char *path = args_params(e->w->args), *classes;
    Bytes file;

    if (!path || !path_has_suffix(path, ".safetensors"))
        return true;
    if (!file_read(&e->w->a, path, &file, &e->w->d))
        return false;
    if (!rt_is_checkpoint(&e->w->a, file))
        return true;
    if (!rt_checkpoint_read(&e->w->a, path, &e->checkpoint, &e->w->d))
        return false;
    e->recipe.normalise = text_or(e, e->recipe.normalise, "data.normalise");
    e->recipe.test_augment = text_or(e, e->recipe.test_augment, "data.test_augment");
    classes = rt_checkpoint_text(&e->checkpoint, "data.classes");
    if (classes)
        split_classes(e, classes);
    return true;
}

/* ---- batches through the net ---- */

/* One input of images, one output of scores: anything else is no classifier. */
static bool is_classifier(Eval *e)
{
    const mnc_net *net = e->net.net;
    const mnc_tensor *y = &net->output[0];

    if (net->n_input == 1 && net->n_output == 1 && net->input[0].rank == 4 && y->rank >= 2
        && net->input[0].dtype == RT_FLOAT32 && y->dtype == RT_FLOAT32
        && y->bytes / sizeof(float) == (size_t)(y->dim[0] * y->dim[1])
        && net->input[0].dim[0] == y->dim[0])
        return true;
    diag_error(&e->w->d, (Pos){ .file = e->w->model },
               "is no classifier of images: one input (N,C,H,W), one output (N,classes)");
    return false;
}

static bool prepare(Eval *e, bool single)
{
    if (!read_recipe(e->w, &e->recipe) || !read_checkpoint(e))
        return false;
    if (!single)
        choose_batch(e->w, &e->recipe);
    return load_model(e->w, LOAD_NET, &e->net) && is_classifier(e);
}

static RtLoader *open_loader(Eval *e, const RtData *data)
{
    const mnc_tensor *x = &e->net.net->input[0];
    RtLoaderOptions o = {
        .batch = x->dim[0], .channels = (int)x->dim[1], .height = (int)x->dim[2],
        .width = (int)x->dim[3], .steps = e->recipe.test_augment,
        .normalise = e->recipe.normalise, .workers = (int)e->recipe.workers
    };

    return rt_loader_open(&e->w->a, data, &o, &e->w->d);
}

static bool open_test(Eval *e, RtData *data)
{
    RtDataOptions o = { .part = RT_TEST, .share = e->recipe.share,
                        .seed = (uint64_t)e->recipe.seed,
                        .classes = (int)e->net.net->output[0].dim[1],
                        .bad = (RtBad)e->recipe.bad, .workers = (int)e->recipe.workers };

    return rt_data_open(&e->w->a, e->recipe.data, &o, data, &e->w->d);
}

static bool measure(Eval *e, const RtData *data, RtMetrics *m)
{
    RtTensor *out = new_outputs(&e->w->a, e->net.net);
    RtLoader *l = open_loader(e, data);
    int64_t n = l ? rt_loader_batches(l) : 0, most = e->recipe.test_batches;
    RtBatch b;

    rt_metrics_init(&e->w->a, m, (int)e->net.net->output[0].dim[1], true);
    m->probabilities = e->recipe.loss != 0;
    for (int64_t i = 0; i < (most > 0 && most < n ? most : n); i++) {
        const void *in[1];
        if (!rt_loader_next(l, &b, &e->w->d))
            return false;
        in[0] = b.x;
        if (!run_net(&e->w->a, &e->net, in, out))
            return false;
        rt_metrics_add(m, out[0].data, b.label, b.n);
    }
    return l != NULL;
}

static int eval(Work *w)
{
    Eval e = { .w = w };
    RtMetrics m;
    RtData data;
    bool ok;

    if (!prepare(&e, false))
        return EXIT_FAILED;
    if (!e.recipe.data) {
        diag_error(&w->d, (Pos){ .file = w->model }, "eval needs --data");
        return EXIT_USAGE;
    }
    if (!open_test(&e, &data) || !measure(&e, &data, &m))
        return EXIT_FAILED;
    ok = w->args->value[OPT_json]
        ? metrics_json(&w->a, e.net.net->name, &m, data.class_name, &w->d)
        : metrics_text(&w->a, &m, data.class_name, &w->d);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

/* ---- predict ---- */

/* The images are a set whose labels nobody looks at. */
static void make_set(Eval *e, const char *const *image, int64_t n, RtData *out)
{
    *out = (RtData){ .spec = "images", .kind = "folder", .n = n, .classes = 1,
                     .channels = e->net.net->input[0].dim[1] == 1 ? 1 : 3,
                     .label = arena_new_n(&e->w->a, int32_t, (size_t)n), .path = image };
}

static bool answer(Eval *e, const RtData *data, RunResult *r)
{
    RtLoader *l = open_loader(e, data);
    RtBatch b;

    r->at_once = e->net.net->input[0].dim[0];
    r->n_photo = (size_t)data->n;
    r->out = arena_new_n(&e->w->a, RtTensor *, r->n_photo + 1);
    for (int64_t done = 0; l && done < data->n; done += b.n) {
        const void *in[1];
        if (!rt_loader_next(l, &b, &e->w->d))
            return false;
        in[0] = b.x;
        r->out[r->n_run] = new_outputs(&e->w->a, e->net.net);
        if (!run_net(&e->w->a, &e->net, in, r->out[r->n_run++]))
            return false;
    }
    return l != NULL;
}

static int predict(Work *w)
{
    const char *const *image = w->args->operand + 1;
    Eval e = { .w = w };
    RunResult r = { .model = w->model, .photo = image, .top = *(const int64_t *)w->own };
    RtData data;

    if (!prepare(&e, true))
        return EXIT_FAILED;
    make_set(&e, image, w->args->n_operand - 1, &data);
    r.net = e.net.net;
    if (e.classes == (int)e.net.net->output[0].dim[1]) {
        r.label = e.class_name;
        r.n_label = e.classes;
    }
    if (!answer(&e, &data, &r))
        return EXIT_FAILED;
    return (w->args->value[OPT_json] ? report_json : report_text)(&w->a, &r, &w->d)
        ? EXIT_DONE : EXIT_FAILED;
}

int cmd_eval(const Args *args)
{
    if (args->n_operand > 1 || (!args->n_operand && !args->value[OPT_recipe]))
        return usage_error("eval takes one net, not %d", args->n_operand);
    return do_work(args, eval, NULL);
}

int cmd_predict(const Args *args)
{
    const char *top = args->value[OPT_top];
    int64_t k = -1;
    size_t n;

    if (args->n_operand < 2)
        return usage_error("predict takes a net and images");
    if (top && (!args_bytes(top, &n) || n < 1 || n > INT32_MAX))
        return usage_error("--top is a number from 1 on, not '%s'", top);
    if (top)
        k = (int64_t)n;
    return do_work(args, predict, &k);
}
