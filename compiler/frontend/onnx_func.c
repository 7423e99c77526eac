/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_func: functions of the model's own, and branches of If, are read in place of their call.
 *
 * A body is read in a Scope of its own, with the call's operands bound to its inputs.  The values
 * inside are called "call/name"; the results get the names that the call gives them (aliases), so
 * that nothing shows in the graph of where a value came from but its name.
 *
 * What must hold: no function is part of itself, calls nest at most ONNX_MAX_CALLS deep, and all
 * bodies together have at most ONNX_MAX_WORK nodes and operands (onnx_scope.c counts them), since
 * functions that call each other twice would double with each level.
 */
#include "frontend/onnx_import.h"

#include <string.h>

/* What a node names a function by.  A function of the domain ai.onnx replaces the operator. */
static const char *function_key(Arena *a, const char *domain, const char *name,
                                const char *overload)
{
    return arena_printf(a, "%s\n%s\n%s", onnx_is_standard(domain) ? "" : domain, onnx_text(name),
                        onnx_text(overload));
}

/* One look-up for each node instead of a search: files may have many functions. */
void onnx_index_functions(Import *m)
{
    intern_init(&m->functions, m->a);
    for (size_t i = 0; i < m->model->n_functions; i++) {
        const Onnx__FunctionProto *f = m->model->functions[i];
        const char *key = function_key(m->a, f->domain, f->name, f->overload);
        uint32_t *mark = intern_mark(&m->functions, intern(&m->functions, key));

        if (*mark)
            diag_error(m->d, (Pos){ .file = m->o->file }, "the function '%s' is defined twice",
                       diag_quote(m->a, onnx_text(f->name)));
        *mark = (uint32_t)i + 1;
    }
}

/* NULL: the node is an operator. */
const Onnx__FunctionProto *onnx_find_function(Import *m, const Onnx__NodeProto *p)
{
    uint32_t *mark;

    if (!m->model->n_functions)
        return NULL;
    mark = intern_mark(&m->functions,
                       function_key(m->a, p->domain, p->op_type, p->overload));
    return mark && *mark ? m->model->functions[*mark - 1] : NULL;
}

/* Too few operands are no mistake here: a function's inputs may be left out. */
static bool check_call(OnnxNode *n, const Onnx__FunctionProto *f)
{
    uint32_t before = n->m->d->n_error;

    for (const Scope *s = n->scope; s; s = s->caller)
        if (s->fn == f) {
            onnx_error(n, "calls a function that it is part of");
            return false;
        }
    if (n->scope->depth >= ONNX_MAX_CALLS)
        onnx_error(n, "functions and branches nest more than %d deep", ONNX_MAX_CALLS);
    if (n->n_in > f->n_input)
        onnx_error(n, "has %u operands; the function takes %zu", n->n_in, f->n_input);
    if (n->n_out > f->n_output)
        onnx_error(n, "has %u results; the function has %zu", n->n_out, f->n_output);
    if (f->n_attribute > ONNX_MAX_ATTRS || f->n_attribute_proto > ONNX_MAX_ATTRS)
        onnx_error(n, "its function has more than %d attributes", ONNX_MAX_ATTRS);
    return n->m->d->n_error == before;
}

/* Appends the attribute called name, if there is one, to what the body can refer to. */
static void take_attr(OnnxNode *n, Scope *s, OnnxAttr *attr, const char *name,
                      const Onnx__AttributeProto *otherwise)
{
    const OnnxAttr *given = onnx_find_attr(n->attr, n->n_attr, name);

    onnx_ignore(n, name);
    if (given || otherwise)
        attr[s->n_attr++] = (OnnxAttr){ name, given ? given->p : otherwise, true };
}

/* What the call gives, else the function's defaults. */
static void pass_attrs(OnnxNode *n, Scope *s)
{
    const Onnx__FunctionProto *f = s->fn;
    OnnxAttr *attr = arena_new_n(n->m->a, OnnxAttr, f->n_attribute + f->n_attribute_proto);

    for (size_t i = 0; i < f->n_attribute; i++)
        take_attr(n, s, attr, f->attribute[i], NULL);
    for (size_t i = 0; i < f->n_attribute_proto; i++)
        take_attr(n, s, attr, onnx_text(f->attribute_proto[i]->name), f->attribute_proto[i]);
    s->attr = attr;
    for (uint32_t i = 0; i < n->n_attr; i++)
        if (!n->attr[i].seen)
            onnx_error(n, "has an attribute '%s', which the function does not know",
                       diag_quote(n->m->a, n->attr[i].name));
}

/* Operands that failed are poison inside as well, so that the body reports what else is wrong. */
static void pass_operands(OnnxNode *n, Scope *s)
{
    for (uint32_t i = 0; i < s->fn->n_input; i++) {
        Binding *b = onnx_bind(s, s->fn->input[i]);
        b->value = onnx_in(n, i);
        b->state = b->value.id ? NAME_VALUE : NAME_ABSENT;
        if (i < n->n_in && n->poison[i])
            b->state = NAME_POISON;
    }
}

/* Result i of the call is called name inside.  A branch may answer with a value from around it. */
static void take_result(OnnxNode *n, Scope *s, uint32_t i, const char *name)
{
    const Binding *b = onnx_lookup(s, name);

    if (n->m->spent > ONNX_MAX_WORK)             /* nothing more was read, which has been said */
        return;
    if (!b || b->state == NAME_ABSENT || b->state == NAME_REFUSED)
        onnx_error(n, "its result '%s' is not produced inside", diag_quote(n->m->a, name));
    else if (b->state == NAME_VALUE)
        n->result[i] = b->value;
}

/* Sets n->result; a result that stays 0 has been reported. */
void onnx_call(OnnxNode *n, const Onnx__FunctionProto *f)
{
    const char *name = onnx_text(n->p->name);
    Scope *s;

    if (!check_call(n, f))
        return;
    s = onnx_scope_new(n->m, n->scope);
    s->fn = f;
    s->opset = f->opset_import;
    s->n_opset = f->n_opset_import;
    s->prefix = arena_printf(n->m->a, "%.200s/",
                             *name ? onnx_ir_name(n->scope, name) : n->out[0]);
    pass_attrs(n, s);
    pass_operands(n, s);                         /* before the aliases: an input may be a result */
    for (uint32_t i = 0; i < n->n_out; i++)
        if (*n->out[i])
            onnx_bind(s, f->output[i])->alias = n->out[i];
    onnx_nodes(s, f->node, f->n_node);
    for (uint32_t i = 0; i < n->n_out; i++)
        if (*n->out[i])
            take_result(n, s, i, f->output[i]);
}

/* ---- If: the shapes of its branches may differ, so that only a constant condition will do ---- */

/* The body in attribute name; NULL with a message. */
static const Onnx__GraphProto *branch(OnnxNode *n, const char *name)
{
    const Onnx__AttributeProto *p =
        onnx_attr(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH);

    if (!p || !p->g)
        onnx_error(n, "lacks the attribute '%s'", name);
    return p ? p->g : NULL;
}

/* A branch sees the names around it and, in a function, that function's attributes. */
static Scope *branch_scope(OnnxNode *n)
{
    Scope *s = onnx_scope_new(n->m, n->scope);

    s->outer = n->scope;
    s->fn = n->scope->fn;
    s->attr = n->scope->attr;
    s->n_attr = n->scope->n_attr;
    return s;
}

/* Only the branch that is taken is read, so that the other may hold what is not supported. */
void onnx_import_if(OnnxNode *n)
{
    const Onnx__GraphProto *then = branch(n, "then_branch"), *other = branch(n, "else_branch"), *g;
    double condition;
    Scope *s;

    if (n->scope->depth >= ONNX_MAX_CALLS)
        onnx_error(n, "functions and branches nest more than %d deep", ONNX_MAX_CALLS);
    if (onnx_failed(n) || !onnx_const(n, 0, "cond"))
        return;
    if (!ir_scalar(n->g, n->in[0], &condition)) {
        onnx_error(n, "its condition must be a single value");
        return;
    }
    g = condition != 0 ? then : other;
    if (g->n_input || g->n_output < n->n_out) {
        onnx_error(n, "its branch has %zu inputs and %zu results; 0 and %u are expected",
                   g->n_input, g->n_output, n->n_out);
        return;
    }
    s = branch_scope(n);
    onnx_initialisers(s, g);
    for (uint32_t i = 0; i < n->n_out; i++)
        if (*n->out[i])
            onnx_bind(s, onnx_text(g->output[i]->name))->alias = n->out[i];
    onnx_nodes(s, g->node, g->n_node);
    for (uint32_t i = 0; i < n->n_out; i++)
        if (*n->out[i])
            take_result(n, s, i, onnx_text(g->output[i]->name));
}
