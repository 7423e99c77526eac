/* SPDX-License-Identifier: Apache-2.0 */
/* grad_formula: gradients that are a formula of operands, result and dy, element by element.
 *
 *   div(a, b) -> neg(mul(div(d, b), y))          the one by operand 1, b
 *
 * written as the rules of match.h are, with the operands in their order called a, b, c, the result
 * y, and its gradient d; $e is a number among the attributes.  Operands that were broadcast get the
 * sum over what they were broadcast to.  At kinks what PyTorch says: both sides of min and max get
 * half where they are equal, and 0 has the slope of what is below it. */
#include "passes/grad.h"
#include "passes/match.h"

#include <string.h>

typedef struct Formula {
    Op op;
    uint32_t operand;            /* whose gradient it is */
    const char *text;
} Formula;

#define ERF "erf(mul(a, 0.7071067811865476))"
#define BELL "exp(mul(a, a, -0.5))"                      /* sqrt(2 pi) times the normal density */
#define TANH "tanh(mul(0.7978845608, add(a, mul(a, a, a, 0.044715))))"
#define TANH_SLOPE "mul(0.7978845608, add(1, mul(a, a, 0.134145)), sub(1, mul(" TANH ", " TANH ")))"
#define MISH "tanh(softplus(a))"

static const Formula formulas[] = {
    { OP_mul, 0, "mul(a, b) -> mul(d, b)" }, { OP_mul, 1, "mul(a, b) -> mul(d, a)" },
    { OP_div, 0, "div(a, b) -> div(d, b)" }, { OP_div, 1, "div(a, b) -> neg(mul(div(d, b), y))" },
    { OP_pow, 0, "pow(a, b) -> mul(d, b, pow(a, sub(b, 1)))" },
    { OP_pow, 1, "pow(a, b) -> mul(d, where(equal(a, 0), 0, mul(y, log(a))))" },
    { OP_min, 0, "min(a, b) -> mul(d, where(equal(a, b), 0.5, where(less(a, b), 1, 0)))" },
    { OP_min, 1, "min(a, b) -> mul(d, where(equal(a, b), 0.5, where(less(b, a), 1, 0)))" },
    { OP_max, 0, "max(a, b) -> mul(d, where(equal(a, b), 0.5, where(less(b, a), 1, 0)))" },
    { OP_max, 1, "max(a, b) -> mul(d, where(equal(a, b), 0.5, where(less(a, b), 1, 0)))" },
    { OP_prelu, 0, "prelu(a, b) -> where(less(0, a), d, mul(d, b))" },
    { OP_prelu, 1, "prelu(a, b) -> mul(d, min(a, 0))" },
    { OP_where, 1, "where(a, b, c) -> where(a, d, 0)" },
    { OP_where, 2, "where(a, b, c) -> where(a, 0, d)" },

    { OP_exp, 0, "exp(a) -> mul(d, y)" }, { OP_log, 0, "log(a) -> div(d, a)" },
    { OP_sqrt, 0, "sqrt(a) -> mul(0.5, div(d, y))" }, { OP_neg, 0, "neg(a) -> neg(d)" },
    { OP_abs, 0, "abs(a) -> mul(d, sign(a))" },
    { OP_reciprocal, 0, "reciprocal(a) -> neg(mul(d, y, y))" },
    { OP_sin, 0, "sin(a) -> mul(d, cos(a))" }, { OP_cos, 0, "cos(a) -> neg(mul(d, sin(a)))" },
    { OP_erf, 0, "erf(a) -> mul(1.1283791671, d, exp(neg(mul(a, a))))" },
    { OP_softplus, 0, "softplus(a) -> mul(d, sigmoid(a))" },
    { OP_softsign, 0, "softsign(a) -> mul(d, sub(1, abs(y)), sub(1, abs(y)))" },
    { OP_thresholded_relu, 0, "thresholded_relu(a, $e) -> where(less($e, a), d, 0)" },
    { OP_gelu, 0, "gelu(a, 'none') -> mul(d, add(mul(0.5, add(" ERF ", 1)), "
                  "mul(0.3989422804, a, " BELL ")))" },
    { OP_gelu, 0, "gelu(a, 'tanh') -> mul(d, 0.5, add(1, " TANH ", mul(a, " TANH_SLOPE ")))" },
    { OP_mish, 0, "mish(a) -> mul(d, add(" MISH ", mul(a, sigmoid(a), "
                  "sub(1, mul(" MISH ", " MISH ")))))" },
    { OP_floor, 0, "floor(a) -> mul(d, 0)" }, { OP_ceil, 0, "ceil(a) -> mul(d, 0)" },
    { OP_round, 0, "round(a) -> mul(d, 0)" }, { OP_sign, 0, "sign(a) -> mul(d, 0)" },
};

#undef ERF
#undef BELL
#undef TANH
#undef TANH_SLOPE
#undef MISH

/* One formula on its way into the graph. */
typedef struct Builder {
    Autodiff *ad;
    const Node *n;               /* the node whose gradient it is */
    ValueId v;                   /* after whose gradient what is new is called */
    uint32_t first;              /* nodes from here on are the formula's */
    double number[PAT_LETTERS];
} Builder;

static ValueId letter(const Builder *b, uint32_t l)
{
    return l == 'd' - 'a' ? grad_dy(b->ad, b->n) : l == 'y' - 'a' ? b->n->out[0] : b->n->in[l];
}

/* The result of op, computed once where the formula says it twice. */
static ValueId node(const Builder *b, Op op, const ValueId *in)
{
    const Graph *g = b->ad->g;

    for (uint32_t i = b->first; i < g->n_node; i++)
        if (g->node[i].op == op
            && !memcmp(g->node[i].in, in, op_info[op].min_in * sizeof *in))
            return g->node[i].out[0];
    return grad_node(b->ad, op, b->v, in, NULL, 0);
}

/* As deep as the formula.  Sums and products of more than two begin on the left. */
static ValueId build(const Builder *b, const Pat *p)
{
    ValueId in[PAT_ARGS] = { { 0 } };

    if (p->kind == PAT_VAR)
        return letter(b, p->letter);
    if (p->kind != PAT_OP)
        return ir_const_f32(b->ad->g, "number", (float)(p->kind == PAT_NUMBER ? p->number
                                                        : b->number[p->letter]));
    for (uint32_t i = 0; i < p->n; i++)
        in[i] = build(b, p->arg[i]);
    if (p->n <= op_info[p->op].min_in)
        return node(b, p->op, in);
    for (uint32_t i = 1; i < p->n; i++)
        in[0] = node(b, p->op, (ValueId[]){ in[0], in[i] });
    return in[0];
}

/* Takes the numbers of the node's attributes; false: their words are not the formula's. */
static bool take_attributes(Builder *b, const Pat *from)
{
    for (uint32_t i = b->n->n_in; i < from->n; i++) {
        const Attr *a = &b->n->attr[i - b->n->n_in];
        const Pat *p = from->arg[i];
        if (p->kind == PAT_CAPTURE)
            b->number[p->letter] = a->u.f;
        else if (strcmp(a->u.word, p->word))
            return false;
    }
    return true;
}

bool grad_formula(Autodiff *ad, const Node *n)
{
    for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++) {
        uint32_t k = formulas[i].operand;
        Builder b = { .ad = ad, .n = n, .first = ad->g->n_node };
        Pat *from, *to;

        if (formulas[i].op != n->op || !grad_needs(ad, n, k))
            continue;
        b.v = n->in[k];
        pattern_parse(ad->g->arena, formulas[i].text, &from, &to);
        if (take_attributes(&b, from))
            grad_give(ad, n, k, build(&b, to));
    }
    return true;
}
