/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_check: `mnc check MODEL`: the compiled net against stored outputs, or against the reference
 * interpreter; with --layers against the reference at every layer that is left after the passes.
 *
 * The reference runs on the graph as it was read, in a model of its own, so that a pass that breaks
 * the graph is found out.
 */
#include "driver/check.h"
#include "base/number.h"
#include "driver/training.h"

#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEED = 1 };               /* of random inputs: a report can be repeated */

/* What one call works with. */
typedef struct Check {
    Work *w;
    Loaded net;
    RtTolerance tolerance;
    CheckResult result;
} Check;

/* ---- stored data ---- */

/* -1: the list has none of that name. */
static int place_of(const mnc_tensor *list, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(list[i].name, name))
            return i;
    return -1;
}

/* Which of the net's n tensors each stored one belongs to: by name when that explains all of one
 * side, else in order.  -1: to none; the net may lack an input that --bind has made a constant.
 * False when there are too many. */
static bool match(const mnc_tensor *list, int n, const RtTensor *t, size_t n_t, int *place)
{
    bool twice = false;
    size_t known = 0;

    for (size_t i = 0; i < n_t; i++) {
        place[i] = place_of(list, n, t[i].name);
        for (size_t k = 0; k < i; k++)
            twice |= place[i] >= 0 && place[k] == place[i];
        known += place[i] >= 0;
    }
    if (!twice && (known == n_t || known == (size_t)n))
        return true;
    for (size_t i = 0; i < n_t; i++)
        place[i] = (int)i;
    return n_t <= (size_t)n;
}

/* The stored inputs in the net's order. */
static bool place_inputs(Check *c, const char *dir, const RtDataSet *s, const void ***in)
{
    const mnc_net *net = c->net.net;
    Arena *a = &c->w->a;
    int *place = arena_new_n(a, int, s->n_input), n = 0;
    bool ok = match(net->input, net->n_input, s->input, s->n_input, place);

    *in = arena_new_n(a, const void *, (size_t)net->n_input);
    for (size_t i = 0; ok && i < s->n_input; i++)
        n += place[i] >= 0;
    if (n != net->n_input) {
        diag_error(&c->w->d, (Pos){ .file = dir }, "has %zu inputs, but the net has %d",
                   s->n_input, net->n_input);
        return false;
    }
    for (size_t i = 0; i < s->n_input; i++) {
        if (place[i] < 0)
            continue;
        ok &= fits_net(a, arena_printf(a, "%s/input_%zu.pb", dir, i), &s->input[i],
                       &net->input[place[i]], &c->w->d);
        (*in)[place[i]] = s->input[i].data;
    }
    return ok;
}

/* place[i]: the net's output that stored output i belongs to; a net may have more. */
static bool place_outputs(Check *c, const char *dir, const RtDataSet *s, int *place)
{
    const mnc_net *net = c->net.net;
    Arena *a = &c->w->a;
    bool ok = s->n_output <= (size_t)net->n_output
        && match(net->output, net->n_output, s->output, s->n_output, place);

    if (!ok)
        diag_error(&c->w->d, (Pos){ .file = dir }, "has %zu outputs, but the net has %d",
                   s->n_output, net->n_output);
    for (size_t i = 0; ok && i < s->n_output; i++)
        ok = fits_net(a, arena_printf(a, "%s/output_%zu.pb", dir, i), &s->output[i],
                      &net->output[place[i]], &c->w->d);
    return ok;
}

/* One run on one folder's inputs, and a comparison for each of its outputs. */
static bool check_stored(Check *c, const char *dir)
{
    RtTensor *out = new_outputs(&c->w->a, c->net.net);
    const void **in;
    RtDataSet s;
    int *place;
    bool ok;

    if (!rt_read_data_set(&c->w->a, dir, &s, &c->w->d))
        return false;
    place = arena_new_n(&c->w->a, int, s.n_output);
    ok = place_inputs(c, dir, &s, &in);
    ok &= place_outputs(c, dir, &s, place);
    if (!ok || !run_net(&c->w->a, &c->net, in, out))
        return false;
    for (size_t i = 0; i < s.n_output; i++) {
        RtTensor want = s.output[i];
        RtDiff diff;
        want.name = c->net.net->output[place[i]].name;
        rt_compare(&out[place[i]], &want, c->tolerance, &diff);
        add_comparison(&c->w->a, &c->result, path_base(dir), &want, &diff);
    }
    return true;
}

/* ---- against the reference ---- */

/* Each input has a sequence of its own, so that two of the same shape differ. */
static const void **random_inputs(Arena *a, const mnc_net *net)
{
    const void **in = arena_new_n(a, const void *, (size_t)net->n_input + 1);

    for (int i = 0; i < net->n_input; i++) {
        RtTensor t = net_tensor(&net->input[i]);
        t.data = arena_alloc(a, t.bytes);
        rt_random(&t, SEED + (uint64_t)i);
        in[i] = t.data;
    }
    return in;
}

/* The model once more, as it was read, with every value computed. */
static mnc_model *reference(Check *c, const void *const *in)
{
    mnc_model *m = open_model(c->w);

    if (m && mnc_reference(m, in) == MNC_OK)
        return m;
    if (m)
        fputs(mnc_messages(m), stderr);
    return NULL;
}

/* What has no counterpart was made by the passes: a permuted copy, say. */
static void compare_value(Check *c, const char *data, mnc_model *ref, const RtTensor *got)
{
    const void *value;
    mnc_tensor t;
    RtTensor want;
    RtDiff diff;

    if (mnc_reference_value(ref, got->name, &t, &value) != MNC_OK || t.dtype != got->dtype
        || !rt_same_shape(got, t.rank, t.dim))
        return;
    want = net_tensor(&t);
    want.name = got->name;
    want.data = (void *)(uintptr_t)value;
    rt_compare(got, &want, c->tolerance, &diff);
    add_comparison(&c->w->a, &c->result, data, &want, &diff);
}

/* The net's outputs, or all its layers, against the values of the same names. */
static bool check_reference(Check *c, const void *const *in, const char *data)
{
    RtTensor *out = new_outputs(&c->w->a, c->net.net);
    mnc_model *ref = reference(c, in);

    if (!ref || !run_net(&c->w->a, &c->net, in, out))
        return false;
    for (int o = 0; o < c->net.net->n_output; o++)
        compare_value(c, data, ref, &out[o]);
    return true;
}

/* All layers on one input: the first data set's, or a random one. */
static bool check_layers(Check *c, const char *const *dir, size_t n)
{
    const void **in;
    RtDataSet s;

    if (!n)
        return check_reference(c, random_inputs(&c->w->a, c->net.net), "random input");
    return rt_read_data_set(&c->w->a, dir[0], &s, &c->w->d) && place_inputs(c, dir[0], &s, &in)
        && check_reference(c, in, path_base(dir[0]));
}

/* ---- the verb ---- */

/* Each --data is a data set, or a folder of data sets; without --data those beside the model. */
static const char *const *data_sets(Work *w, size_t *n)
{
    const char *const *given = (const char *const *)w->args->list[OPT_data];
    const char **all = NULL;
    size_t cap = 0;

    if (!given)
        return rt_find_data_sets(&w->a, path_dir(&w->a, w->args->operand[0]), n);
    for (*n = 0; *given; given++) {
        size_t k;
        const char *const *inner = rt_find_data_sets(&w->a, arena_printf(&w->a, "%s/", *given), &k);
        if (k == 0) {
            inner = given;
            k = 1;
        }
        all = arena_resize(&w->a, all, cap * sizeof *all, (*n + k) * sizeof *all);
        memcpy(all + *n, inner, k * sizeof *all);
        *n = cap = *n + k;
    }
    return all;
}

/* A data set that cannot be read fails the call, but the others are still compared. */
static int check(Work *w)
{
    Check *c = w->own;
    bool json = w->args->value[OPT_json] != NULL, ok = true;
    const char *const *dir;
    size_t n;

    c->w = w;
    if (!load_model(w, c->result.layers ? LOAD_ALL_LAYERS : 0, &c->net))
        return EXIT_FAILED;
    dir = data_sets(w, &n);
    if (c->result.layers)
        ok = check_layers(c, dir, n);
    else if (!n)
        ok = check_reference(c, random_inputs(&w->a, c->net.net), "random input");
    for (size_t i = 0; !c->result.layers && i < n; i++)
        ok &= check_stored(c, dir[i]);
    if (!ok || !(json ? check_json : check_text)(&w->a, &c->result, &w->d))
        return EXIT_FAILED;
    return check_holds(&c->result) ? EXIT_DONE : EXIT_NOT_HELD;
}

/* -1 when it is not given; false when it is no number from 0 on. */
static bool read_tolerance(const char *text, double *out)
{
    char *end;

    *out = -1;
    if (!text)
        return true;
    *out = number_read(text, &end);
    return end != text && !*end && isfinite(*out) && *out >= 0;
}

/* Exit code 3 is for numbers that differ, 1 for everything that kept them from being compared. */
int cmd_check(const Args *args)
{
    Check c = { .result = { .model = args->operand[0] } };

    if (args->n_operand != 1 && !(args->value[OPT_training] && args->n_operand == 0))
        return usage_error("check takes one model, not %d", args->n_operand);
    if (!read_tolerance(args->value[OPT_atol], &c.tolerance.atol))
        return usage_error("--atol is a number, not '%s'", args->value[OPT_atol]);
    if (!read_tolerance(args->value[OPT_rtol], &c.tolerance.rtol))
        return usage_error("--rtol is a number, not '%s'", args->value[OPT_rtol]);
    if (args->value[OPT_training])
        return do_work(args, check_training, NULL);
    c.result.layers = args->value[OPT_layers] != NULL;
    return do_work(args, check, &c);
}
