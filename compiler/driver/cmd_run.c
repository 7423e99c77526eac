/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_run: `mnc run MODEL INPUT...`: files in, the net's answers out. */
#include "driver/run.h"

#include "build.h"
#include "classify.h"

#include <string.h>

/* The labels of --labels, else of the side file, else none.  Those of the side file are there for
 * photos: a tensor's answer is shown as it is unless somebody asks for names. */
static bool find_labels(Work *w, const RtModelFile *file, RunResult *r)
{
    const char *given = w->args->value[OPT_labels];
    RtLabels labels;

    if (!given && (!file->labels || !r->photo))
        return true;
    if (!rt_read_labels(&w->a, given ? given : file->labels, &labels, &w->d))
        return false;
    r->label = labels.name;
    r->n_label = labels.n;
    return true;
}

/* Decodes photo number i and puts it into its place of the input, data. */
static bool prepare(Work *w, const RunInputs *in, size_t i, void *data)
{
    const char *path = in->photo[i];
    const RtImageTarget to = { &in->image, (int64_t)i % in->at_once, data };
    Arena *scratch = rt_scratch(&w->a);
    RtImage image;
    Bytes file;
    bool ok;

    ok = file_read(scratch, path, &file, &w->d)
        && rt_image_decode(scratch, path, file, &image, &w->d)
        && rt_preprocess(scratch, path, &image, &in->preprocess, &to, &w->d);
    arena_destroy(scratch);
    return ok;
}

/* One run per at_once photos; what is left over in the last run's input stays 0. */
static bool run_photos(Work *w, Loaded *l, const RunInputs *in, RunResult *r)
{
    size_t at_once = (size_t)in->at_once, bytes = l->net->input[in->photo_input].bytes;
    void *data = arena_alloc(&w->a, bytes);
    bool ok = true;

    in->tensor[in->photo_input] = data;
    for (size_t first = 0; first < in->n_photo; first += at_once) {
        memset(data, 0, bytes);
        for (size_t i = first; i < in->n_photo && i < first + at_once; i++)
            ok &= prepare(w, in, i, data);
        r->out[r->n_run] = new_outputs(&w->a, l->net);
        ok = ok && run_net(&w->a, l, in->tensor, r->out[r->n_run++]);
        if (!ok)
            return false;
    }
    return true;
}

/* How many items one run answers about: the first dimension of the first input. */
static int64_t items_at_once(const mnc_net *net)
{
    bool has = net->n_input > 0 && net->input[0].rank > 0 && net->input[0].dim[0] > 0;

    return has ? net->input[0].dim[0] : 1;
}

/* All inputs were given as tensors: one run. */
static bool run_tensors(Work *w, Loaded *l, const RunInputs *in, RunResult *r)
{
    r->n_run = 1;
    r->out[0] = new_outputs(&w->a, l->net);
    return run_net(&w->a, l, in->tensor, r->out[0]);
}

/* The cheap mistakes first: the side file is read before the model is compiled. */
static bool compute(Work *w, RunResult *r)
{
    const Args *args = w->args;
    RunRequest request = { args->operand[0], args->operand + 1, (size_t)args->n_operand - 1, NULL,
                           args->value[OPT_preprocess] };
    RtModelFile file;
    RunInputs in;
    Loaded l;

    if (!rt_model_file(&w->a, request.model, &file, &w->d)
        || !load_model(w, LOAD_TUNED | LOAD_NET, &l))
        return false;
    request.file = &file;
    if (!find_inputs(&w->a, &request, l.net, &in, &w->d))
        return false;
    r->net = l.net;
    r->photo = in.n_photo ? in.photo : NULL;
    r->n_photo = in.n_photo;
    r->at_once = in.n_photo ? in.at_once : items_at_once(l.net);
    if (r->softmax == SOFTMAX_AUTO && file.softmax >= 0)
        r->softmax = file.softmax ? SOFTMAX_YES : SOFTMAX_NO;
    r->out = arena_new_n(&w->a, RtTensor *, in.n_photo + 1);
    return find_labels(w, &file, r)
        && (in.n_photo ? run_photos(w, &l, &in, r) : run_tensors(w, &l, &in, r));
}

/* The file is written while signals wait, so that Ctrl-C leaves no part of it. */
static bool save(Work *w, const RunResult *r, const char *path)
{
    sigset_t before;
    bool ok;

    rt_hold_signals(&before);
    ok = save_outputs(&w->a, r, path, &w->d);
    rt_release_signals(&before);
    return ok;
}

/* The answers are saved first: what is shown can be had again from the file. */
static int run(Work *w)
{
    const char *path = w->args->value[OPT_output];
    bool json = w->args->value[OPT_json] != NULL;
    RunResult *r = w->own;

    if (!compute(w, r) || (path && !save(w, r, path)))
        return EXIT_FAILED;
    return (json ? report_json(&w->a, r, &w->d) : report_text(&w->a, r, &w->d)) ? EXIT_DONE
                                                                                 : EXIT_FAILED;
}

/* False: text is none of the three words. */
static bool read_softmax(const char *text, SoftmaxMode *out)
{
    static const char *const word[] = {
        [SOFTMAX_AUTO] = "auto", [SOFTMAX_YES] = "yes", [SOFTMAX_NO] = "no"
    };

    for (int i = 0; text && i < 3; i++)
        if (!strcmp(text, word[i])) {
            *out = (SoftmaxMode)i;
            return true;
        }
    return !text;
}

/* Everything that is wrong usage is found before anything is read. */
int cmd_run(const Args *args)
{
    RunResult r = { .model = args->operand[0], .top = -1 };
    const char *out = args->value[OPT_output], *top = args->value[OPT_top];
    size_t n = 0;

    if (args->n_operand < 1)
        return usage_error("run takes a model and its inputs");
    if (!read_softmax(args->value[OPT_softmax], &r.softmax))
        return usage_error("--softmax is auto, yes or no, not '%s'", args->value[OPT_softmax]);
    if (top && (!args_bytes(top, &n) || n < 1 || n > INT32_MAX))
        return usage_error("--top is a number from 1 on, not '%s'", top);
    if (out && !path_has_suffix(out, ".npy") && !path_has_suffix(out, ".npz"))
        return usage_error("--output is a .npy or .npz file, not '%s'", out);
    if (top)
        r.top = (int64_t)n;
    return do_work(args, run, &r);
}
