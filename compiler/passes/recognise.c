/* SPDX-License-Identifier: Apache-2.0 */
/* recognise: expressions that exporters make of one op become that op again.
 *
 * The rules are texts (match.h) and are tried in their order, on each node in the order of the
 * graph, until none matches: so a rule can build on what an earlier one made of its operands
 * (Max and Min become a clip, with an Add and a Div a hard_sigmoid, with a Mul a hard_swish).
 * All of them are identities of real numbers.  f32 only.  needs SORTED, LIVE, FOLDED, SIMPLE;
 * breaks SORTED.
 */
#include "passes/match.h"
#include "passes/pass.h"
#include "passes/rewrite.h"

#include <string.h>

/* What must hold beyond the pattern.  May give numbers to letters for the right side. */
typedef bool Guard(Match *m);

typedef struct Rule {
    const char *text;
    Guard *guard;
} Rule;

/* What $letter was found to be. */
static double number(const Match *m, char letter)
{
    return m->number[letter - 'a'];
}

/* max(x, a x) is x for x > 0 only if a <= 1. */
static bool slope_below_1(Match *m)
{
    return number(m, 'a') <= 1;
}

/* v is constant, with the shape of the last dimensions of s from axis on. */
static bool normalised_shape(const Graph *g, ValueId v, const Shape *s, uint32_t axis)
{
    const Shape *p = &ir_val(g, v)->shape;

    return ir_is_const(g, v) && p->rank == s->rank - axis
        && !memcmp(p->dim, s->dim + axis, p->rank * sizeof p->dim[0]);
}

/* Both means are over the last dimensions, from k on, which stay as 1. */
static bool over_last(Match *m)
{
    const Shape *x = &ir_val(m->g, m->var['x' - 'a'])->shape;
    uint32_t axis = x->rank;

    for (uint32_t i = 0; i < m->n_inner; i++) {
        const Node *n = ir_node(m->g, m->inner[i]);
        uint32_t count;
        const int64_t *axes;

        if (n->op != OP_reduce_mean)
            continue;
        axes = ir_ints(n, A_axes, &count);
        if (!count || axes[0] != x->rank - count || !ir_int(n, A_keep)
            || (axis < x->rank && axis != axes[0]))
            return false;
        axis = (uint32_t)axes[0];
    }
    m->number['k' - 'a'] = axis;
    return normalised_shape(m->g, m->var['w' - 'a'], x, axis)
        && normalised_shape(m->g, m->var['b' - 'a'], x, axis);
}

#define CENTRED "sub(x, reduce_mean(x))"

/* gelu by tanh: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
#define GELU_TANH(inner) "mul(x, 0.5, add(tanh(" inner "), 1)) -> gelu(x, 'tanh')"
#define GELU_ERF "erf(mul(x, 0.7071067811865476))"

static const Rule rules[] = {
    { "max(x, 0) -> relu(x)", NULL },
    { "max(x, mul(x, $a)) -> leaky_relu(x, $a)", slope_below_1 },
    { "max(x, $c) -> clip(x, $c, inf)", NULL },
    { "min(x, $c) -> clip(x, -inf, $c)", NULL },
    { "prelu(x, $a) -> leaky_relu(x, $a)", NULL },

    { "pow(x, 2) -> mul(x, x)", NULL },
    { "pow(x, 0.5) -> sqrt(x)", NULL },
    { "pow(x, -1) -> reciprocal(x)", NULL },
    { "div(1, x) -> reciprocal(x)", NULL },

    { "reciprocal(add(exp(neg(x)), 1)) -> sigmoid(x)", NULL },
    { "div(x, add(exp(neg(x)), 1)) -> silu(x)", NULL },
    { "mul(x, sigmoid(x)) -> silu(x)", NULL },
    { "log(add(exp(x), 1)) -> softplus(x)", NULL },
    { "mul(x, tanh(softplus(x))) -> mish(x)", NULL },
    { "div(x, add(abs(x), 1)) -> softsign(x)", NULL },

    { "mul(x, clip(add(x, 3), 0, 6), 1/6) -> hard_swish(x)", NULL },
    { "mul(clip(add(x, 3), 0, 6), 1/6) -> hard_sigmoid(x, 1/6, 0.5)", NULL },
    { "clip(add(mul(x, $a), $b), 0, 1) -> hard_sigmoid(x, $a, $b)", NULL },
    { "mul(x, hard_sigmoid(x, 1/6, 0.5)) -> hard_swish(x)", NULL },

    { "mul(x, 0.5, add(" GELU_ERF ", 1)) -> gelu(x)", NULL },
    { "mul(x, add(mul(" GELU_ERF ", 0.5), 0.5)) -> gelu(x)", NULL },
    { GELU_TANH("mul(add(x, mul(x, x, x, 0.044715)), 0.7978845608)"), NULL },
    { GELU_TANH("mul(add(x, mul(pow(x, 3), 0.044715)), 0.7978845608)"), NULL },
    { GELU_TANH("mul(x, 0.7978845608, add(mul(x, x, 0.044715), 1))"), NULL },

    { "add(mul(div(" CENTRED ", sqrt(add(reduce_mean(mul(" CENTRED ", " CENTRED ")), $e))), w), b)"
      " -> layer_norm(x, w, b, $k, $e)", over_last },
};
enum { N_RULE = sizeof rules / sizeof rules[0] };

#undef CENTRED
#undef GELU_TANH
#undef GELU_ERF

typedef struct Recogniser {
    Graph *g;
    uint32_t *use;
    Pat *from[N_RULE], *to[N_RULE];
} Recogniser;

/* ---- the right side ---- */

/* Use counts follow each change, so that a rule sees the graph as it is. */
static void count_reads(Recogniser *r, const Node *n, uint32_t by)
{
    for (uint32_t k = 0; k < n->n_in; k++)
        r->use[n->in[k].id] += by;
}

/* The attribute a of the new op, with the number or word that the rule gives. */
static Attr attr_from(const Attr *a, const Pat *p, const Match *m)
{
    double x = p->kind == PAT_CAPTURE ? m->number[p->letter] : p->number;

    switch (a->type) {
    case ATTR_INT: return attr_int(a->name, (int64_t)x);
    case ATTR_WORD: return attr_word(a->name, p->word);
    default: return attr_float(a->name, x);
    }
}

/* Values are the operands, everything after them the attributes. */
static void apply(Recogniser *r, const Pat *to, const Match *m)
{
    Node *n = ir_node(r->g, m->root);
    ValueId in[PAT_ARGS];
    uint32_t n_in = 0;

    count_reads(r, n, (uint32_t)-1);
    for (uint32_t i = 0; i < m->n_inner; i++) {
        count_reads(r, ir_node(r->g, m->inner[i]), (uint32_t)-1);
        ir_delete(r->g, m->inner[i]);
    }
    while (n_in < to->n && to->arg[n_in]->kind == PAT_VAR) {
        in[n_in] = m->var[to->arg[n_in]->letter];
        n_in++;
    }
    pass_become(r->g, n, to->op, in, n_in);
    for (uint32_t i = n_in; i < to->n; i++)
        ir_set_attr(r->g, n, attr_from(&n->attr[i - n_in], to->arg[i], m));
    count_reads(r, n, 1);
}

/* What is written for one tensor must not have been used to broadcast. */
static bool like_result(const Recogniser *r, const Pat *to, const Match *m)
{
    const Value *x = ir_val(r->g, m->var[to->arg[0]->letter]);
    const Value *y = ir_val(r->g, ir_node(r->g, m->root)->out[0]);

    return x->dtype == DT_F32 && y->dtype == DT_F32 && shape_equal(&x->shape, &y->shape);
}

/* The first rule that fits is applied.  Every rule leaves fewer nodes or a cheaper op, and none
 * leads back: this ends. */
static bool try_rules(Recogniser *r, NodeId id)
{
    Match m;

    for (int i = 0; i < N_RULE; i++)
        if (pattern_may_match(r->from[i], ir_node(r->g, id))
            && pattern_match(r->from[i], r->g, r->use, id, &m) && like_result(r, r->to[i], &m)
            && (!rules[i].guard || rules[i].guard(&m))) {
            apply(r, r->to[i], &m);
            return true;
        }
    return false;
}

/* A clip of a clip that only now became one. */
static bool merge_clip(Recogniser *r, NodeId id)
{
    Node *n = ir_node(r->g, id);
    ValueId x;

    if (n->op != OP_clip && n->op != OP_relu)
        return false;
    x = n->in[0];
    if (r->use[x.id] != 1 || !pass_is_f32(r->g, x) || !pass_merge_clip(r->g, n))
        return false;
    ir_delete(r->g, ir_val(r->g, x)->producer);
    return true;
}

bool pass_recognise(Job *job)
{
    Recogniser r = { .g = job->g };

    r.use = ir_count_uses(job->g, job->g->arena);
    for (int i = 0; i < N_RULE; i++)
        pattern_parse(job->g->arena, rules[i].text, &r.from[i], &r.to[i]);
    for (uint32_t i = 1; i < job->g->n_node; i++) {
        bool again = true;
        while (again)
            again = merge_clip(&r, (NodeId){ i }) || try_rules(&r, (NodeId){ i });
    }
    return true;
}
