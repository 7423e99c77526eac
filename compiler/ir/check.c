/* SPDX-License-Identifier: Apache-2.0 */
/* check: what must hold of a graph between any two passes.
 *
 * In: any graph whose arrays are as long as its counters say; everything else may be wrong.  Out:
 * true, or false with all that is wrong in d.  A value is live when it is an input or output of the
 * graph, or an operand or result of a node; only live values are checked.
 */
#include "ir/graph.h"
#include "ir/shape.h"

#include <stdlib.h>

enum { LIVE = 1, READY = 2 };       /* READY: given, constant, or computed by a node seen before */

typedef struct Checker {
    const Graph *g;
    const char *after;
    Diag *d;
    uint8_t *seen;                  /* [n_value] */
    bool ok;
} Checker;

/* Not a function, so that a text is made only when something is wrong. */
#define WRONG(c, ...) wrong((c), arena_printf((c)->d->arena, __VA_ARGS__))

static bool wrong(Checker *c, const char *text)
{
    diag_error(c->d, (Pos){ 0 }, "internal error after %s: %s", c->after, text);
    return c->ok = false;
}

/* "node 12 (conv)": names may be what is wrong. */
static const char *label(const Checker *c, uint32_t i)
{
    Op op = c->g->node[i].op;

    return arena_printf(c->d->arena, "node %u (%s)", i,
                        op < OP_COUNT ? op_info[op].name : "no op");
}

/* ---- values ---- */

/* A live value has name, type and shape; data when its kind has; a producer when it is computed. */
static bool check_value(Checker *c, uint32_t i)
{
    const Value *v = &c->g->value[i];
    bool fixed = v->kind == VAL_PARAM || v->kind == VAL_CONST;
    bool computed = v->kind == VAL_TEMP || v->kind == VAL_GRAD;

    if (!v->name || v->dtype <= DT_NONE || v->dtype >= DT_COUNT || !shape_ok(&v->shape))
        return WRONG(c, "value %u has no name, type or shape", i);
    if (v->kind == VAL_STATE)
        return true;
    if (fixed != (v->data != NULL))
        return WRONG(c, "'%s' has %s data", v->name, fixed ? "no" : "its own");
    if (computed != (v->producer.id != 0))
        return WRONG(c, "'%s' has %s producer", v->name, computed ? "no" : "a");
    return true;
}

/* Constants and state are ready from the start; inputs and results when they are met.
 * True when the id is that of a sound value, now known to be live. */
static bool see(Checker *c, ValueId v)
{
    if (!v.id || v.id >= c->g->n_value)
        return WRONG(c, "there is no value %u", v.id);
    if (c->seen[v.id] & LIVE)
        return true;
    c->seen[v.id] |= LIVE;
    if (!check_value(c, v.id))
        return false;
    if (c->g->value[v.id].data || c->g->value[v.id].kind == VAL_STATE)
        c->seen[v.id] |= READY;
    return true;
}

/* Any total order does: equal names only have to meet. */
static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)*(const Sym *)a, y = (uintptr_t)*(const Sym *)b;

    return (x > y) - (x < y);
}

/* Names are interned: equal names are equal addresses. */
static void check_names(Checker *c)
{
    Sym *name = arena_new_n(c->d->arena, Sym, c->g->n_value);
    uint32_t n = 0;

    for (uint32_t i = 1; i < c->g->n_value; i++)
        if (c->seen[i] && c->g->value[i].name)
            name[n++] = c->g->value[i].name;
    qsort(name, n, sizeof *name, by_address);
    for (uint32_t i = 1; i < n; i++)
        if (name[i] == name[i - 1])
            WRONG(c, "two values are called '%s'", name[i]);
}

/* ---- nodes ---- */

/* As many operands as the op takes, each of them ready.  One may be left out in the middle, not at
 * the end: so n_in tells whether the last one is there. */
static bool check_operands(Checker *c, uint32_t i)
{
    const Node *n = &c->g->node[i];
    const OpInfo *info = &op_info[n->op];

    if (n->n_in < info->min_in || (info->max_in != MANY && n->n_in > info->max_in))
        return WRONG(c, "%s has %u operands", label(c, i), n->n_in);
    for (uint32_t k = 0; k < n->n_in; k++) {
        bool optional = k >= info->min_in && k + 1 < n->n_in && info->max_in != MANY;
        if (!n->in[k].id && optional)
            continue;
        if (!see(c, n->in[k]))
            return WRONG(c, "it is operand %u of %s", k, label(c, i));
        if (!(c->seen[n->in[k].id] & READY))
            return WRONG(c, "%s reads '%s', which nothing before it computes", label(c, i),
                         ir_val(c->g, n->in[k])->name);
    }
    return true;
}

/* The node is its results' producer, and the only one. */
static bool check_results(Checker *c, uint32_t i)
{
    const Node *n = &c->g->node[i];

    if (op_info[n->op].n_out == MANY ? n->n_out == 0 : n->n_out != op_info[n->op].n_out)
        return WRONG(c, "%s has %u results", label(c, i), n->n_out);
    for (uint32_t k = 0; k < n->n_out; k++) {
        if (!see(c, n->out[k]))
            return WRONG(c, "it is result %u of %s", k, label(c, i));
        if (ir_val(c->g, n->out[k])->producer.id != i)
            return WRONG(c, "%s computes '%s', whose producer is node %u", label(c, i),
                         ir_val(c->g, n->out[k])->name, ir_val(c->g, n->out[k])->producer.id);
        if (c->seen[n->out[k].id] & READY)
            return WRONG(c, "%s computes '%s' again", label(c, i), ir_val(c->g, n->out[k])->name);
        c->seen[n->out[k].id] |= READY;
    }
    return true;
}

/* The attributes are those of the op, in its order, as ir_int and the others rely on. */
static bool check_attrs(Checker *c, uint32_t i)
{
    const Attr *want = op_info[c->g->node[i].op].attr, *have = c->g->node[i].attr;

    for (int k = 0; k < IR_MAX_ATTR && want[k].name; k++)
        if (want[k].name != have[k].name || want[k].type != have[k].type)
            return WRONG(c, "attribute %d of %s is not %s", k, label(c, i),
                         attr_name[want[k].name]);
    return true;
}

/* The shape rule, run again on a copy of the node, gives what the results have. */
static bool check_shapes(Checker *c, uint32_t i)
{
    Node n = c->g->node[i];
    Graph scratch = *c->g;          /* a rule adds to the arena, and changes but the node */
    Diag d;
    RuleArgs r = { .g = &scratch, .n = &n, .d = &d };

    diag_init(&d, c->d->arena);
    r.shape = arena_new_n(c->d->arena, Shape, n.n_out);
    r.dtype = arena_new_n(c->d->arena, DType, n.n_out);
    if (!shape_infer(n.op, &r))
        return WRONG(c, "%s: %s", label(c, i), d.first->text);
    for (uint32_t k = 0; k < n.n_out; k++) {
        const Value *v = ir_val(c->g, n.out[k]);
        if (!shape_equal(&v->shape, &r.shape[k]) || v->dtype != r.dtype[k])
            return WRONG(c, "'%s' is %s%s, but %s gives %s%s", v->name, dtype_info[v->dtype].name,
                         shape_text(c->d->arena, &v->shape), label(c, i),
                         dtype_info[r.dtype[k]].name, shape_text(c->d->arena, &r.shape[k]));
    }
    return true;
}

/* Each check relies on those before it: a rule, on operands that exist. */
static bool check_node(Checker *c, uint32_t i)
{
    if (c->g->node[i].op >= OP_COUNT)
        return WRONG(c, "%s", label(c, i));
    return check_operands(c, i) && check_results(c, i) && check_attrs(c, i) && check_shapes(c, i);
}

/* ---- the whole ---- */

/* Every VAL_INPUT that is read must be among the graph's inputs: nobody else would give it data. */
static void check_inputs(Checker *c)
{
    for (uint32_t i = 0; i < c->g->n_input; i++) {
        ValueId v = c->g->input[i];
        if (!see(c, v))
            WRONG(c, "it is input %u", i);
        else if (ir_val(c->g, v)->kind != VAL_INPUT)
            WRONG(c, "input '%s' is of another kind", ir_val(c->g, v)->name);
        else if (c->seen[v.id] & READY)
            WRONG(c, "input '%s' is there twice", ir_val(c->g, v)->name);
        else
            c->seen[v.id] |= READY;
    }
}

static void check_outputs(Checker *c)
{
    for (uint32_t i = 0; i < c->g->n_output; i++)
        if (!see(c, c->g->output[i]))
            WRONG(c, "it is output %u", i);
        else if (!(c->seen[c->g->output[i].id] & READY))
            WRONG(c, "output '%s' is not computed", ir_val(c->g, c->g->output[i])->name);
}

bool ir_check(const Graph *g, const char *after, Diag *d)
{
    Checker c = { .g = g, .after = after, .d = d, .ok = true };

    c.seen = arena_new_n(d->arena, uint8_t, g->n_value);
    check_inputs(&c);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            check_node(&c, i);
    check_outputs(&c);
    check_names(&c);
    return c.ok;
}
