/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_node: reads one node: operands and attributes are looked up, the operator's importer adds IR
 * nodes, and the results get their names.
 *
 * A node is of a function of the model's own (onnx_func.c), or of an operator of ai.onnx, in the
 * opset that the model, or the function around it, imports.  The table in onnx_ops.c has the
 * operators; what they have in common is checked here: the numbers of operands and results, the
 * opset, that all attributes are known.
 *
 * An operator that is not supported is reported even when its operands failed, so that one run
 * lists them all; everything else about a node with such operands is passed over in silence.
 */
#include "frontend/onnx_sequence.h"
#include "ref/ref.h"

#include <stdarg.h>
#include <string.h>

enum { FOLD_AT_ONCE = 1 << 12 };     /* elements; larger integer constants only when needed */

/* "node 'stem' (Conv, opset 13)"; without a name, its place in the list, from 0 */
Pos onnx_node_pos(Scope *s, const Onnx__NodeProto *p, size_t index)
{
    Arena *a = s->m->a;
    const char *op = diag_quote(a, onnx_text(p->op_type));
    const char *name = p->name && *p->name
        ? arena_printf(a, "'%s'", diag_quote(a, onnx_ir_name(s, p->name)))
        : arena_printf(a, "#%zu%s%s", index, *s->prefix ? " of " : "",
                       *s->prefix ? diag_quote(a, s->prefix) : "");
    long long opset = (long long)onnx_opset(s, p->domain);

    return (Pos){
        .file = s->m->o->file,
        .where = opset < 0 ? arena_printf(a, "node %s (%s)", name, op)
                           : arena_printf(a, "node %s (%s, opset %lld)", name, op, opset),
    };
}

/* Whether anything has been said about this node, or about what is inlined in its place. */
bool onnx_failed(const OnnxNode *n)
{
    return n->m->d->n_error != n->n_error;
}

void onnx_error(OnnxNode *n, const char *fmt, ...)
{
    va_list ap;
    Buf b;

    buf_init(&b, n->m->a);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    diag_error(n->m->d, n->pos, "%s", b.p);
}

/* ---- operands ---- */

/* No op computes in float16: a constant of that type is read through a cast, made once. */
static ValueId as_f32(OnnxNode *n, Binding *b)
{
    Graph *g = n->g;
    const Value *v = ir_val(g, b->value);
    const char *name;
    NodeSpec spec = { .op = OP_cast, .in = &b->value, .n_in = 1, .out = &name, .n_out = 1,
                      .pos = n->pos };
    NodeId id;

    if (v->dtype != DT_F16 || b->f32.id)
        return b->f32.id ? b->f32 : b->value;
    name = arena_printf(n->m->a, "%s.f32", v->name);
    id = ir_add(g, &spec, n->m->d);
    if (id.id)
        b->f32 = ir_node(g, id)->out[0];
    return b->f32;
}

/* The value of a name.  poison: it failed, here (which is said) or before. */
static ValueId operand(OnnxNode *n, const char *name, bool *poison)
{
    Binding *b = onnx_lookup(n->scope, name);

    *poison = true;
    if (!b) {
        onnx_error(n, "reads '%s', which nothing produces", diag_quote(n->m->a, name));
    } else if (b->state == NAME_REFUSED) {
        onnx_error(n, "reads '%s', %s, which is not supported", diag_quote(n->m->a, name),
                   b->what);
    } else if (b->state != NAME_POISON) {
        *poison = false;
        return b->state == NAME_VALUE ? as_f32(n, b) : (ValueId){ 0 };
    }
    return (ValueId){ 0 };
}

/* "" is an operand left out.  True when one of them failed. */
static bool find_operands(OnnxNode *n)
{
    bool any = false;

    n->n_in = (uint32_t)n->p->n_input;
    while (n->n_in && !*n->p->input[n->n_in - 1])
        n->n_in--;
    n->in = arena_new_n(n->m->a, ValueId, n->n_in);
    n->poison = arena_new_n(n->m->a, bool, n->n_in);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (*n->p->input[i]) {
            n->in[i] = operand(n, n->p->input[i], &n->poison[i]);
            any |= n->poison[i];
        }
    return any;
}

/* ---- attributes ---- */

const OnnxAttr *onnx_find_attr(const OnnxAttr *attr, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(attr[i].name, name))
            return &attr[i];
    return NULL;
}

/* The node's attributes; in a function, @name ones become what the call gives. */
static void find_attrs(OnnxNode *n)
{
    const Scope *s = n->scope;

    if (n->p->n_attribute > ONNX_MAX_ATTRS) {
        onnx_error(n, "has %zu attributes", n->p->n_attribute);
        return;
    }
    n->attr = arena_new_n(n->m->a, OnnxAttr, n->p->n_attribute);
    for (size_t i = 0; i < n->p->n_attribute; i++) {
        OnnxAttr a = { .name = onnx_text(n->p->attribute[i]->name), .p = n->p->attribute[i] };
        const char *ref = onnx_text(a.p->ref_attr_name);
        const OnnxAttr *given = *ref ? onnx_find_attr(s->attr, s->n_attr, ref) : NULL;

        if (onnx_find_attr(n->attr, n->n_attr, a.name))
            onnx_error(n, "has the attribute '%s' twice", diag_quote(n->m->a, a.name));
        if (*ref && !s->fn)
            onnx_error(n, "refers to the attribute '%s' of a function, but is in none",
                       diag_quote(n->m->a, ref));
        if (*ref && !given)
            continue;                 /* neither given nor a default: left out here too */
        if (given)
            a.p = given->p;
        n->attr[n->n_attr++] = a;
    }
}

/* One that no importer asked for would have changed the result: refused, as ONNX Runtime does. */
static void check_unread_attrs(OnnxNode *n)
{
    for (uint32_t i = 0; i < n->n_attr; i++)
        if (!n->attr[i].seen)
            onnx_error(n, "has an attribute '%s', which this operator does not know",
                       diag_quote(n->m->a, n->attr[i].name));
}

/* ---- operators ---- */

/* Only ai.onnx has operators here. */
static bool check_domain(OnnxNode *n)
{
    const char *domain = n->p->domain;

    if (!onnx_is_standard(domain)) {
        onnx_error(n, "is of the domain '%s', which is not supported",
                   diag_quote(n->m->a, domain));
        if (!strcmp(domain, "com.microsoft"))
            diag_hint(n->m->d, "give the model as it was before ONNX Runtime optimised it");
        return false;
    }
    if (n->opset < 0)
        onnx_error(n, "is an operator of ONNX, but the model does not say of which opset");
    else if (n->opset < ONNX_MIN_OPSET || n->opset > ONNX_MAX_OPSET)
        onnx_error(n, "opset %lld is not supported, only %d to %d", (long long)n->opset,
                   ONNX_MIN_OPSET, ONNX_MAX_OPSET);
    return !onnx_failed(n);
}

/* Finds the operator, in the opset that the file or the function is written for. */
static void check_op(OnnxNode *n)
{
    n->op = onnx_find_op(onnx_text(n->p->op_type));
    if (!n->op) {
        onnx_refuse_op(n);
    } else if (n->opset < n->op->since) {
        onnx_error(n, "this operator came with opset %u", n->op->since);
    } else if (n->op->until && n->opset > n->op->until) {
        onnx_error(n, "this operator ended with opset %u", n->op->until);
    }
}

/* Operands up to min_in must be there; of a list (Concat, Sum), all. */
static void check_counts(OnnxNode *n)
{
    const OnnxOp *op = n->op;

    if (n->n_in > op->max_in && op->max_in != MANY)
        onnx_error(n, "has %u operands; at most %u are possible", n->n_in, op->max_in);
    for (uint32_t i = 0; i < op->min_in; i++)
        if (!onnx_in(n, i).id) {
            onnx_error(n, "lacks operand %u", i + 1);
            return;
        }
    if (op->max_in == MANY)
        for (uint32_t i = op->min_in; i < n->n_in; i++)
            if (!n->in[i].id) {
                onnx_error(n, "lacks operand %u", i + 1);
                return;
            }
    if (n->n_out > op->max_out && op->max_out != MANY)
        onnx_error(n, "has %u results; at most %u are possible", n->n_out, op->max_out);
}

/* Integers and booleans are shape arithmetic mostly: constants as soon as they can be.  Floats are
 * left to the passes, so that parameters stay parameters. */
static void fold_new(Graph *g, uint32_t first)
{
    for (uint32_t i = first; i < g->n_node; i++)
        if (g->node[i].op && !onnx_is_float(ir_val(g, g->node[i].out[0])->dtype))
            ref_fold(g, (NodeId){ i }, FOLD_AT_ONCE);
}

/* All operands are sound.  Whatever is wrong with the node is said in here. */
static void import_op(OnnxNode *n)
{
    uint32_t first = n->g->n_node;

    onnx_check_sequences(n);
    onnx_modernise(n);
    if (!onnx_failed(n))
        check_counts(n);
    if (onnx_failed(n))
        return;
    n->op->import(n);
    if (onnx_failed(n))
        return;
    check_unread_attrs(n);
    if (n->op->import != onnx_import_if)      /* a branch's nodes have been folded one by one */
        fold_new(n->g, first);
}

/* ---- results ---- */

/* The names of the results, without those left out at the end. */
static void start_results(OnnxNode *n)
{
    n->n_out = (uint32_t)n->p->n_output;
    while (n->n_out && !*n->p->output[n->n_out - 1])
        n->n_out--;
    n->result = arena_new_n(n->m->a, ValueId, n->n_out + 1);     /* never empty */
    n->out = arena_new_n(n->m->a, const char *, n->n_out + 1);
    n->out[n->n_out] = "";
    for (uint32_t i = 0; i < n->n_out; i++)
        n->out[i] = onnx_ir_name(n->scope, n->p->output[i]);
}

/* A result that an importer left 0 although nothing failed is one that it does not support. */
static void define_results(OnnxNode *n, bool failed)
{
    for (uint32_t i = 0; i < n->n_out; i++) {
        const char *name = n->p->output[i];
        Binding *b;
        bool is_new;
        if (!*name)
            continue;
        b = onnx_bind(n->scope, name);
        is_new = b->state == NAME_FREE;
        onnx_define(n->scope, name, n->result[i], n->pos);
        if (is_new && !n->result[i].id && !failed) {
            b->state = NAME_REFUSED;
            b->what = arena_printf(n->m->a, "result %u of %s", i + 1, n->pos.where);
        }
    }
}

/* p is number index of its list.  A call is read even with operands that failed. */
void onnx_node(Scope *s, const Onnx__NodeProto *p, size_t index)
{
    OnnxNode n = { .scope = s, .p = p, .m = s->m, .g = s->m->g, .n_error = s->m->d->n_error };
    const Onnx__FunctionProto *f = onnx_find_function(s->m, p);
    bool poisoned, failed;

    n.pos = onnx_node_pos(s, p, index);
    n.opset = onnx_opset(s, p->domain);
    start_results(&n);
    if (!f && check_domain(&n))
        check_op(&n);
    find_attrs(&n);
    poisoned = find_operands(&n);
    if (f)
        onnx_call(&n, f);
    else if (!poisoned && !onnx_failed(&n))
        import_op(&n);
    failed = f || poisoned || onnx_failed(&n);
    if (failed && !f)                        /* a call keeps the results that did not fail */
        memset(n.result, 0, n.n_out * sizeof *n.result);
    define_results(&n, failed);
}
