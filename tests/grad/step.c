/* SPDX-License-Identifier: Apache-2.0 */
/* step: a spec becomes the graph of a step, and the reference computes it in double.
 *
 * Updates have no reference; what reaches them is what we want to see: gradients are kept, so that
 * each one is operand 1 of an assign. */
#include "frontend/mnet.h"
#include "grad.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

/* Knuth's 64-bit generator, seeded by the name (FNV-1a). */
void numbers_of(const char *name, float *to, int64_t n)
{
    uint64_t r = 14695981039346656037U;

    for (; *name; name++)
        r = (r ^ (unsigned char)*name) * 1099511628211U;
    for (int64_t i = 0; i < n; i++) {
        r = r * 6364136223846793005U + 1442695040888963407U;
        to[i] = (float)(r >> 44) / 524288 - 1;
    }
}

void labels_of(int32_t *to, int64_t n, int64_t classes)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = (int32_t)((i * 7 + 1) % classes);
}

float slot_number(float initial, float noise)
{
    return initial + noise / 4;
}

/* ---- the graph ---- */

static void complain(Step *s, const Case *c, const char *what)
{
    Buf b;

    buf_init(&b, &s->a);
    diag_print(&s->d, &b);
    fail_msg("%s: %s\n%s", c->name, what, b.p);
}

static double *doubles(Step *s, const float *from, int64_t n)
{
    double *to = arena_new_n(&s->a, double, (size_t)n);

    for (int64_t i = 0; i < n; i++)
        to[i] = from ? (double)from[i] : 0;
    return to;
}

static void fill_slots(Step *s)
{
    s->at = arena_new_n(&s->a, double *, s->state.n);
    for (uint32_t i = 0; i < s->state.n; i++) {
        const StateSlot *slot = &s->state.slot[i];
        int64_t n = shape_count(&slot->shape);
        const float *initial = slot->initial;
        float *noise = arena_new_n(&s->a, float, (size_t)n);

        numbers_of(slot->name, noise, n);
        for (int64_t k = 0; k < n; k++)
            noise[k] = slot_number(initial ? initial[k] : 0, noise[k]);
        s->at[i] = doubles(s, noise, n);
    }
}

/* Every f32 becomes an f64, and state a constant, whose numbers the caller may change. */
static void widen(Step *s)
{
    for (uint32_t i = 1; i < s->g->n_value; i++) {
        Value *v = &s->g->value[i];
        uint32_t slot = v->kind == VAL_STATE ? state_find(&s->state, v->name) : s->state.n;

        if (v->dtype != DT_F32)
            continue;
        v->dtype = DT_F64;
        if (slot < s->state.n) {
            v->kind = VAL_CONST;
            v->data = s->at[slot];
        } else if (v->data) {
            v->data = doubles(s, v->data, shape_count(&v->shape));
        }
    }
}

static bool is_grad_of(const char *grad, const char *param)
{
    size_t n = strlen(param);

    return !strncmp(grad, param, n) && !strcmp(grad + n, ".grad");
}

/* Notes what is assigned to whom, once each, and drops all updates. */
static void take_updates(Step *s, const Case *c)
{
    s->grad = arena_new_n(&s->a, ValueId, s->state.n);
    for (uint32_t i = 1; i < s->g->n_node; i++) {
        Node *n = &s->g->node[i];
        const char *name = n->op == OP_assign ? ir_val(s->g, n->in[0])->name : "";

        for (uint32_t k = 0; n->op == OP_assign && k < s->state.n; k++)
            if (s->state.slot[k].kind == STATE_PARAM && is_grad_of(name, s->state.slot[k].name)) {
                if (s->grad[k].id)
                    complain(s, c, "two gradients of one parameter");
                s->grad[k] = n->in[1];
            }
        if (op_info[n->op].flags & UPDATES)
            n->op = OP_none;
    }
}

static void make_inputs(Step *s)
{
    const Shape *x = &ir_val(s->g, s->g->input[0])->shape;
    const Shape *scores = &ir_val(s->g, s->g->output[1])->shape;
    float *f = arena_new_n(&s->a, float, (size_t)shape_count(x));
    int32_t *labels = arena_new_n(&s->a, int32_t, (size_t)scores->dim[0]);

    numbers_of("input", f, shape_count(x));
    labels_of(labels, scores->dim[0], scores->dim[1]);
    s->input[0] = doubles(s, f, shape_count(x));
    s->input[1] = labels;
}

void step_open(Step *s, const Case *c, const char *after, bool plain)
{
    mnc_train_options train = { .loss = c->loss, .freeze = c->freeze[0] ? c->freeze : NULL,
                                .keep_gradients = 1 };
    mnc_options options = { .plain = plain, .train = &train };
    const MnetOptions mnet = { .file = c->name };
    Job job = { .options = &options, .d = &s->d, .state = &s->state, .backward = true };
    Bytes text = { (const unsigned char *)c->text, strlen(c->text) };

    if (setjmp(s->oom))
        fail_msg("out of memory");
    arena_init(&s->a, NULL, NULL, 0, &s->oom);
    diag_init(&s->d, &s->a);
    state_init(&s->state, &s->a);
    job.g = mnet_read(&s->a, text, &mnet, &s->d);
    if (!job.g || !pass_run_all(&job, after))
        complain(s, c, after);
    s->g = job.g;
    fill_slots(s);
    take_updates(s, c);
    make_inputs(s);
    widen(s);
}

void step_close(Step *s)
{
    arena_destroy(&s->a);
}

/* ---- running ---- */

static RefTensor *evaluate(Step *s, Arena *a)
{
    RefTensor *all;

    if (!ref_run(s->g, s->input, a, &all, &s->d))
        fail_msg("%s", s->d.first->text);
    return all;
}

double step_loss(Step *s)
{
    Arena a;
    double loss;

    arena_init(&a, NULL, NULL, 0, &s->oom);
    loss = *(const double *)evaluate(s, &a)[s->g->output[0].id].data;
    arena_destroy(&a);
    return loss;
}

double **step_gradients(Step *s)
{
    double **grad = arena_new_n(&s->a, double *, s->state.n);
    RefTensor *all = evaluate(s, &s->a);

    for (uint32_t i = 0; i < s->state.n; i++) {
        const StateSlot *slot = &s->state.slot[i];
        if (slot->kind != STATE_PARAM)
            continue;
        if (!s->grad[i].id)
            fail_msg("'%s' has no gradient", slot->name);
        assert_true(shape_equal(&all[s->grad[i].id].shape, &slot->shape));
        grad[i] = all[s->grad[i].id].data;
    }
    return grad;
}
