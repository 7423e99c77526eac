/* SPDX-License-Identifier: Apache-2.0 */
/* onnx: the model as a whole.
 *
 * In: the file's bytes.  Out: a Graph in topological order whose outputs are computed by nodes.
 * The order is: opsets and functions are checked, initialisers and inputs get their values, then
 * the nodes are read one by one, and last the outputs are looked up.  Each part gives names values
 * in the model's Scope; a value that failed is bound as poison and silences who reads it.
 *
 * Everything is read even after an error, so that one run tells all that is wrong; the graph is
 * handed out only when nothing is.  Not for: single operators (onnx_ops.c and the files it names).
 */
#include "frontend/onnx.h"
#include "frontend/onnx_sequence.h"

#include <string.h>

/* function: whose import it is; "" for the model's own.  Other domains are looked at only when a
 * node uses them. */
static void check_opset(Import *m, const Onnx__OperatorSetIdProto *o, const char *function)
{
    if (!onnx_is_standard(o->domain)
        || (o->version >= ONNX_MIN_OPSET && o->version <= ONNX_MAX_OPSET))
        return;
    diag_error(m->d, (Pos){ .file = m->o->file }, "%s%s%s is of ONNX opset %lld; %d to %d are "
               "supported", *function ? "the function '" : "the model", diag_quote(m->a, function),
               *function ? "'" : "", (long long)o->version, ONNX_MIN_OPSET, ONNX_MAX_OPSET);
    diag_hint(m->d, "export it with an opset between, or convert it (onnx.version_converter)");
}

/* What makes reading on pointless: without these, each node would only repeat the message. */
static bool check_model(Import *m)
{
    const Onnx__ModelProto *p = m->model;
    Pos pos = { .file = m->o->file };
    uint32_t before = m->d->n_error;

    if (m->o->batch < 0)
        diag_error(m->d, (Pos){ 0 }, "--batch %lld: must be above 0", (long long)m->o->batch);
    for (size_t i = 0; i < p->n_opset_import; i++)
        check_opset(m, p->opset_import[i], "");
    for (size_t i = 0; i < p->n_functions; i++)
        for (size_t k = 0; k < p->functions[i]->n_opset_import; k++)
            check_opset(m, p->functions[i]->opset_import[k], onnx_text(p->functions[i]->name));
    if (!p->graph)
        diag_error(m->d, pos, "the model has no graph");
    else if (!p->graph->n_node)
        diag_error(m->d, pos, "the model's graph has no nodes");
    if (p->graph && !p->graph->n_output)
        diag_error(m->d, pos, "the model's graph has no outputs");
    return m->d->n_error == before;
}

/* ---- initialisers ---- */

/* The name is defined all the same, so that its readers are not said to read nothing. */
static void refuse_sparse(Scope *s, const Onnx__SparseTensorProto *t)
{
    const char *name = t->values ? onnx_text(t->values->name) : "";
    Pos pos = { .file = s->m->o->file, .where =
        arena_printf(s->m->a, "initialiser '%s'", diag_quote(s->m->a, name)) };

    diag_error(s->m->d, pos, "is sparse, which is not supported");
    if (*name)
        onnx_define(s, name, (ValueId){ 0 }, pos);
}

/* Of the model, or of a branch.  A float32 one may be trained and is a PARAM; what is not float32
 * is part of the structure (shapes, indices, masks). */
void onnx_initialisers(Scope *s, const Onnx__GraphProto *g)
{
    Import *m = s->m;

    for (size_t i = 0; i < g->n_initializer; i++) {
        const Onnx__TensorProto *t = g->initializer[i];
        const char *name = onnx_text(t->name);
        Pos pos = { .file = m->o->file,
                    .where = arena_printf(m->a, "initialiser '%s'", diag_quote(m->a, name)) };
        ValueId v = { 0 };
        OnnxTensor x;
        if (!*name)
            diag_error(m->d, (Pos){ .file = m->o->file }, "initialiser %zu has no name", i);
        if (onnx_read_tensor(m, t, pos, &x)) {
            v = ir_const(m->g, onnx_ir_name(s, name), x.dtype == DT_F32 ? VAL_PARAM : VAL_CONST,
                         x.dtype, &x.shape, x.data);
            ir_val(m->g, v)->pos = pos;
        }
        onnx_define(s, name, v, pos);
    }
    for (size_t i = 0; i < g->n_sparse_initializer; i++)
        refuse_sparse(s, g->sparse_initializer[i]);
}

/* ---- outputs ---- */

/* NULL when the file declares no tensor: an output's type may be left out. */
static const Onnx__TypeProto__Tensor *tensor_type(const Onnx__ValueInfoProto *p)
{
    return p->type && p->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
        ? p->type->tensor_type : NULL;
}

/* The file says what the output is, and so do the nodes.  Another type is an error; another shape
 * a note, since files often keep what was true before --batch or a cut. */
static void compare_output(Import *m, const Onnx__ValueInfoProto *p, const Value *v, Pos pos)
{
    const Onnx__TypeProto__Tensor *t = tensor_type(p);
    const Onnx__TensorShapeProto *s = t ? t->shape : NULL;
    bool same = !s || s->n_dim == v->shape.rank;

    if (t && t->elem_type && dtype_info[v->dtype].onnx != t->elem_type)
        diag_error(m->d, pos, "is declared as %s, but its node gives %s",
                   onnx_type_name(t->elem_type), onnx_type_name(dtype_info[v->dtype].onnx));
    for (uint32_t k = 0; s && same && k < v->shape.rank; k++)
        same = s->dim[k]->value_case != ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE
            || s->dim[k]->dim_value == v->shape.dim[k];
    if (!same)
        diag_note(m->d, pos, "is declared with another shape than its node gives, %s",
                  shape_text(m->a, &v->shape));
}

/* An output is computed by a node and has the name that the file gives it: for an input, a constant
 * or the result of a call under another name, an identity is added.  The planner can then give
 * every output memory of its own, and the caller finds the names of the file. */
static ValueId as_output(Import *m, ValueId v, const char *name, Pos pos)
{
    Value *val = ir_val(m->g, v);
    Sym want = intern(&m->g->names, name);
    ValueId in[] = { v };

    if (val->kind == VAL_TEMP && val->name == want)
        return v;                                 /* the usual case */
    if (val->data && val->name == want) {         /* the constant gives its name away */
        val->name = intern(&m->g->names, arena_printf(m->a, "%s.value", name));
        if (!*intern_mark(&m->g->names, val->name)) {
            *intern_mark(&m->g->names, val->name) = 1;
            *intern_mark(&m->g->names, want) = 0;
        } else {
            val->name = want;
        }
    }
    return ir_add1(m->g, name, &(NodeSpec){ .op = OP_identity, .in = in, .n_in = 1, .pos = pos },
                   m->d);
}

/* 0 when it failed; that has been said, here or where its node was read. */
static ValueId find_output(Import *m, Scope *s, const Onnx__ValueInfoProto *p, Pos pos)
{
    const char *name = onnx_text(p->name);
    const Binding *b = onnx_lookup(s, name);
    ValueId v = { 0 };

    if (!b && m->spent > ONNX_MAX_WORK)
        return v;                                /* nothing was read, which has been said */
    if (!b)
        diag_error(m->d, pos, "is produced by no node");
    else if (b->state == NAME_REFUSED)
        diag_error(m->d, pos, "is %s, which is not supported", b->what);
    else if (b->state == NAME_VALUE && onnx_is_sequence(m, b->value))
        diag_error(m->d, pos, "is a sequence; only tensors are supported");
    else if (b->state == NAME_VALUE)
        v = as_output(m, b->value, name, pos);
    if (v.id)
        compare_output(m, p, ir_val(m->g, v), pos);
    return v;
}

/* The graph's outputs in the file's order; a name may stand once. */
static void read_outputs(Import *m, Scope *s)
{
    const Onnx__GraphProto *g = m->model->graph;
    ValueId *v = arena_new_n(m->a, ValueId, g->n_output);
    Intern seen;

    intern_init(&seen, m->a);
    for (size_t i = 0; i < g->n_output; i++) {
        const char *name = onnx_text(g->output[i]->name);
        uint32_t *mark = intern_mark(&seen, intern(&seen, name));
        Pos pos = { .file = m->o->file,
                    .where = arena_printf(m->a, "output '%s'", diag_quote(m->a, name)) };
        if ((*mark)++)
            diag_error(m->d, pos, "is listed twice");
        else
            v[i] = find_output(m, s, g->output[i], pos);
    }
    ir_set_outputs(m->g, v, (uint32_t)g->n_output);
}

static bool is_output(const Graph *g, ValueId v)
{
    for (uint32_t i = 0; i < g->n_output; i++)
        if (g->output[i].id == v.id)
            return true;
    return false;
}

/* PyTorch's exporter writes parameters that begin with the same numbers, as the batch norms of a
 * new net do, as one initialiser with an Identity for each of the others, under its own name.  To
 * train them each must be a parameter of its own again.  Tied weights have one name: they stay. */
static void own_parameters(Import *m)
{
    for (uint32_t i = 1; i < m->g->n_node; i++) {
        const Node *n = &m->g->node[i];
        const Value *from = n->op == OP_identity ? ir_val(m->g, n->in[0]) : NULL;
        Value *v;

        if (!from || from->kind != VAL_PARAM || is_output(m->g, n->out[0]))
            continue;
        v = ir_val(m->g, n->out[0]);
        v->kind = VAL_PARAM;
        v->data = from->data;
        v->producer.id = 0;
        ir_delete(m->g, (NodeId){ i });
    }
}

/* Running means and variances do not learn: const, as specs have them.  One that is a weight as
 * well stays what it is. */
static void fix_statistics(Import *m)
{
    uint32_t *uses = ir_count_uses(m->g, m->a);

    for (uint32_t i = 1; i < m->g->n_node; i++) {
        const Node *n = &m->g->node[i];
        for (uint32_t k = 3; n->op == OP_batch_norm && k < n->n_in; k++) {
            Value *v = ir_val(m->g, n->in[k]);
            if (v->kind == VAL_PARAM && uses[n->in[k].id] == 1)
                v->kind = VAL_CONST;
        }
    }
}

Graph *onnx_read(Arena *a, Bytes model, const OnnxOptions *o, Diag *d)
{
    Import m = { .a = a, .g = ir_new(a), .d = d, .o = o };
    uint32_t before = d->n_error;
    const char *why;
    Scope *s;

    m.model = onnx_unpack(a, &onnx__model_proto__descriptor, model, &why);
    if (!m.model) {
        diag_error(d, (Pos){ .file = o->file }, "is no ONNX model, or a damaged one: %s", why);
        return NULL;
    }
    if (!check_model(&m))
        return NULL;
    if (m.model->graph->name && *m.model->graph->name)
        m.g->name = intern(&m.g->names, m.model->graph->name);
    onnx_index_functions(&m);
    s = onnx_scope_new(&m, NULL);
    onnx_initialisers(s, m.model->graph);
    onnx_inputs(&m, s);
    onnx_nodes(s, m.model->graph->node, m.model->graph->n_node);
    read_outputs(&m, s);
    if (d->n_error != before)
        return NULL;
    own_parameters(&m);
    fix_statistics(&m);
    ir_sort(m.g);               /* drops what was folded; the order is kept otherwise */
    return m.g;
}
