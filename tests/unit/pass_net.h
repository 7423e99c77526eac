/* SPDX-License-Identifier: Apache-2.0 */
/* pass_net: what the tests of the passes share: small graphs, made by hand or by chance, and the
 * comparison of what they compute before and after a pass.
 *
 * Include after setjmp.h and cmocka.h.  All numbers come from one generator with a fixed seed.
 */
#ifndef MNC_TEST_PASS_NET_H
#define MNC_TEST_PASS_NET_H

#include "passes/pass.h"
#include "ref/ref.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NET_OUTPUTS = 16 };

typedef struct Net {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
    uint64_t rng;
} Net;

/* What the outputs hold. */
typedef struct Results {
    uint32_t n;
    RefTensor t[NET_OUTPUTS];
} Results;

static inline void net_begin(Net *t, uint64_t seed)
{
    arena_init(&t->a, NULL, NULL, 0, &t->oom);
    diag_init(&t->d, &t->a);
    t->g = ir_new(&t->a);
    t->rng = seed * 0x9E3779B97F4A7C15U + 1;
}

static inline void net_end(Net *t)
{
    arena_destroy(&t->a);
}

static inline int net_setup(void **state)
{
    Net *t = calloc(1, sizeof *t);

    if (!t || setjmp(t->oom))
        abort();
    net_begin(t, 1);
    *state = t;
    return 0;
}

static inline int net_teardown(void **state)
{
    net_end(*state);
    free(*state);
    return 0;
}

/* ---- chance ---- */

static inline uint32_t net_pick(Net *t, uint32_t n)
{
    t->rng = t->rng * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((t->rng >> 33) % n);
}

/* In [-2, 2), by steps of 1/256. */
static inline float net_number(Net *t)
{
    return (float)net_pick(t, 1024) / 256 - 2;
}

/* ---- building ---- */

#define DIMS(...) \
    (&(Shape){ sizeof (int64_t[]){ __VA_ARGS__ } / sizeof(int64_t), { __VA_ARGS__ } })
#define VALS(...) \
    (const ValueId[]){ __VA_ARGS__ }, sizeof (ValueId[]){ __VA_ARGS__ } / sizeof(ValueId)
#define WITH(...) (const Attr[]){ __VA_ARGS__ }, sizeof (Attr[]){ __VA_ARGS__ } / sizeof(Attr)
#define PLAIN NULL, 0
#define LIST(a, ...) \
    attr_ints(A_##a, (const int64_t[]){ __VA_ARGS__ }, \
              sizeof (int64_t[]){ __VA_ARGS__ } / sizeof(int64_t))

static inline ValueId net_input(Net *t, const Shape *s)
{
    ValueId *in = arena_new_n(&t->a, ValueId, t->g->n_input + 1);

    if (t->g->n_input)
        memcpy(in, t->g->input, t->g->n_input * sizeof *in);
    in[t->g->n_input] = ir_value(t->g, "x", VAL_INPUT, DT_F32, s, (Pos){ 0 });
    ir_set_inputs(t->g, in, t->g->n_input + 1);
    return in[t->g->n_input - 1];
}

static inline ValueId net_weight(Net *t, const Shape *s)
{
    float *data = arena_new_n(&t->a, float, (size_t)shape_count(s));

    for (int64_t i = 0; i < shape_count(s); i++)
        data[i] = net_number(t);
    return ir_const(t->g, "w", VAL_PARAM, DT_F32, s, data);
}

/* Numbers in [0.5, 2.5): variances, scales and divisors. */
static inline ValueId net_positive(Net *t, const Shape *s)
{
    ValueId v = net_weight(t, s);
    float *data = (float *)(uintptr_t)ir_val(t->g, v)->data;

    for (int64_t i = 0; i < shape_count(s); i++)
        data[i] = fabsf(data[i]) + 0.5F;
    return v;
}

static inline ValueId net_op(Net *t, Op op, const ValueId *in, size_t n_in, const Attr *attr,
                             size_t n_attr)
{
    const char *name = op_info[op].name;
    NodeSpec spec = { .op = op, .in = in, .n_in = (uint32_t)n_in, .out = &name, .n_out = 1,
                      .attr = attr, .n_attr = (uint32_t)n_attr };
    NodeId n = ir_add(t->g, &spec, &t->d);

    if (!n.id)
        fail_msg("%s: %s", name, t->d.first->text);
    return ir_node(t->g, n)->out[0];
}

static inline ValueId net_un(Net *t, Op op, ValueId x)
{
    return net_op(t, op, VALS(x), PLAIN);
}

static inline ValueId net_bin(Net *t, Op op, ValueId x, ValueId y)
{
    return net_op(t, op, VALS(x, y), PLAIN);
}

static inline ValueId net_bin_k(Net *t, Op op, ValueId x, double k)
{
    return net_bin(t, op, x, ir_const_f32(t->g, "k", (float)k));
}

static inline ValueId net_clip(Net *t, ValueId x, double lo, double hi)
{
    return net_op(t, OP_clip, VALS(x), WITH(attr_float(A_min, lo), attr_float(A_max, hi)));
}

/* A batch_norm with random parameters for the channels of x. */
static inline ValueId net_bn(Net *t, ValueId x)
{
    const Shape s = { 1, { ir_val(t->g, x)->shape.dim[1] } };
    ValueId in[5] = { x, net_weight(t, &s), net_weight(t, &s), net_weight(t, &s),
                      net_positive(t, &s) };

    return net_op(t, OP_batch_norm, in, 5, PLAIN);
}

/* The node that computes v applies this to its result. */
static inline void net_act(Net *t, ValueId v, Op op)
{
    ir_producer(t->g, v)->act.op = op;
}

static inline void net_output(Net *t, ValueId v)
{
    ValueId *out = arena_new_n(&t->a, ValueId, t->g->n_output + 1);

    if (t->g->n_output)
        memcpy(out, t->g->output, t->g->n_output * sizeof *out);
    out[t->g->n_output] = v;
    ir_set_outputs(t->g, out, t->g->n_output + 1);
}

/* ---- running ---- */

/* The same inputs every time. */
static inline Results net_eval(Net *t)
{
    const void *input[8];
    const uint64_t rng = t->rng;
    RefTensor *all;
    Results r = { .n = t->g->n_output };

    t->rng = 7;
    assert_true(t->g->n_input <= 8 && r.n <= NET_OUTPUTS);
    for (uint32_t i = 0; i < t->g->n_input; i++)
        input[i] = ir_val(t->g, net_weight(t, &ir_val(t->g, t->g->input[i])->shape))->data;
    t->rng = rng;
    if (!ref_run(t->g, input, &t->a, &all, &t->d))
        fail_msg("%s", t->d.first ? t->d.first->text : "no message");
    for (uint32_t i = 0; i < r.n; i++)
        r.t[i] = all[t->g->output[i].id];
    return r;
}

/* As far as float rounding goes: by the largest element, since sums cancel. */
static inline void same_tensor(const RefTensor *a, const RefTensor *b, double tolerance)
{
    double most = 1;

    assert_int_equal(a->dtype, b->dtype);
    assert_true(shape_equal(&a->shape, &b->shape));
    if (a->dtype != DT_F32) {
        assert_memory_equal(a->data, b->data,
                            (size_t)shape_count(&a->shape) * dtype_info[a->dtype].size);
        return;
    }
    for (int64_t i = 0; i < shape_count(&a->shape); i++)
        most = fmax(most, fabs((double)((float *)a->data)[i]));
    for (int64_t i = 0; i < shape_count(&a->shape); i++) {
        double x = (double)((float *)a->data)[i], y = (double)((float *)b->data)[i];
        if (!(fabs(x - y) <= tolerance * most) && x != y && !(isnan(x) && isnan(y)))
            fail_msg("element %lld of %lld: %g became %g", (long long)i,
                     (long long)shape_count(&a->shape), x, y);
    }
}

/* Runs the passes up to this one (NULL: all that work on the graph); names of outputs and what
 * they hold must not change. */
static inline void net_pass(Net *t, const char *after)
{
    mnc_options options = { 0 };
    Job job = { .g = t->g, .options = &options, .d = &t->d };
    Results before = net_eval(t), now;
    Sym name[NET_OUTPUTS];

    for (uint32_t i = 0; i < t->g->n_output; i++)
        name[i] = ir_val(t->g, t->g->output[i])->name;
    if (!pass_run_all(&job, after ? after : "fuse_act"))        /* before copies come in */
        fail_msg("%s: %s", after ? after : "the passes", t->d.first->text);
    now = net_eval(t);
    assert_int_equal(now.n, before.n);
    for (uint32_t i = 0; i < now.n; i++) {
        assert_string_equal(ir_val(t->g, t->g->output[i])->name, name[i]);
        same_tensor(&before.t[i], &now.t[i], 2e-5);
    }
}

/* How many nodes of this op there are. */
static inline int net_count(const Net *t, Op op)
{
    int n = 0;

    for (uint32_t i = 1; i < t->g->n_node; i++)
        n += t->g->node[i].op == op;
    return n;
}

/* How many nodes of any op. */
static inline int net_nodes(const Net *t)
{
    return (int)t->g->n_node - 1 - net_count(t, OP_none);
}

/* The one node of this op. */
static inline const Node *net_only(const Net *t, Op op)
{
    assert_int_equal(net_count(t, op), 1);
    for (uint32_t i = 1; i < t->g->n_node; i++)
        if (t->g->node[i].op == op)
            return &t->g->node[i];
    return NULL;
}

#endif
