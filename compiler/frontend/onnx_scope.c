/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_scope: which value a name stands for, and in which order nodes are read.
 *
 * A graph, a branch of If and an inlined function each have a Scope.  A branch sees the names
 * around it, a function only its own.  A name is defined once; ONNX wants files in static single
 * assignment.
 *
 * Files should have their nodes in topological order, but not all do; so each body is sorted first,
 * keeping the order of the file where it can be kept.
 */
#include "frontend/onnx_import.h"

#include <string.h>

enum { PREFIX_MAX = 200 };       /* so that nested calls cannot make names of any length */

/* Opsets and prefix are the caller's until somebody sets others. */
Scope *onnx_scope_new(Import *m, Scope *caller)
{
    Scope *s = arena_new(m->a, Scope);

    s->m = m;
    s->caller = caller;
    s->depth = caller ? caller->depth + 1 : 0;
    s->opset = caller ? caller->opset : m->model->opset_import;
    s->n_opset = caller ? caller->n_opset : m->model->n_opset_import;
    s->prefix = caller ? caller->prefix : "";
    intern_init(&s->names, m->a);
    s->n_bind = 1;                                /* mark 0: a name without binding */
    s->cap_bind = 16;
    s->bind = arena_new_n(m->a, Binding, s->cap_bind);
    return s;
}

/* Dead after the next onnx_bind: the table may move. */
Binding *onnx_bind(Scope *s, const char *name)
{
    uint32_t *mark = intern_mark(&s->names, intern(&s->names, name));

    if (*mark)
        return &s->bind[*mark];
    if (s->n_bind == s->cap_bind) {
        s->bind = arena_resize(s->m->a, s->bind, s->cap_bind * sizeof *s->bind,
                               2 * s->cap_bind * sizeof *s->bind);
        s->cap_bind *= 2;
    }
    *mark = s->n_bind;
    return &s->bind[s->n_bind++];
}

/* A name that has been asked for but not defined (an alias alone) counts as undefined. */
Binding *onnx_lookup(Scope *s, const char *name)
{
    for (; s; s = s->outer) {
        uint32_t *mark = intern_mark(&s->names, name);
        if (mark && *mark && s->bind[*mark].state != NAME_FREE)
            return &s->bind[*mark];
    }
    return NULL;
}

/* The name that a value called so here has in the graph: its alias, or prefix and name. */
const char *onnx_ir_name(Scope *s, const char *name)
{
    uint32_t *mark = intern_mark(&s->names, name);

    if (mark && *mark && s->bind[*mark].alias)
        return s->bind[*mark].alias;
    if (!*s->prefix || !*name)
        return name;
    return arena_printf(s->m->a, "%.*s%.*s", PREFIX_MAX, s->prefix, PREFIX_MAX, name);
}

void onnx_define(Scope *s, const char *name, ValueId v, Pos pos)
{
    Binding *b = onnx_bind(s, name);

    if (b->state != NAME_FREE) {
        diag_error(s->m->d, pos, "defines '%s', which is defined already",
                   diag_quote(s->m->a, name));
        return;
    }
    b->state = v.id ? NAME_VALUE : NAME_POISON;
    b->value = v;
}

bool onnx_is_standard(const char *domain)
{
    return !domain || !*domain || !strcmp(domain, "ai.onnx");
}

int64_t onnx_opset(const Scope *s, const char *domain)
{
    for (size_t i = 0; i < s->n_opset; i++) {
        const char *d = s->opset[i]->domain;
        if (onnx_is_standard(domain) ? onnx_is_standard(d) : d && !strcmp(d, domain))
            return s->opset[i]->version;
    }
    return -1;
}

/* ---- the order: depth first, operands before their readers, else as in the file ---- */

enum { UNSEEN, OPEN, PLACED, IN_CYCLE };

/* dep is one list for all nodes, so that a node's part of it can be walked step by step. */
typedef struct Order {
    Scope *s;
    Onnx__NodeProto **node;
    uint32_t n;                  /* nodes */
    Intern producer;             /* of each result's name; mark: node + 1 */
    uint32_t *dep, n_dep, cap_dep;       /* node i needs dep[first[i] .. first[i + 1]) */
    uint32_t *first, *next;      /* next: the first of them that is not placed yet */
    uint8_t *state;
    uint32_t *stack, n_stack;    /* each needs the one above it */
    uint32_t *order, n_order;    /* what comes out */
} Order;

/* Notes that the node at hand reads name; names from outside need nothing. */
static void need(Order *o, const char *name)
{
    uint32_t *mark = intern_mark(&o->producer, name);

    if (!mark || !*mark)
        return;
    if (o->n_dep == o->cap_dep) {
        o->dep = arena_resize(o->s->m->a, o->dep, o->cap_dep * sizeof *o->dep,
                              2 * o->cap_dep * sizeof *o->dep);
        o->cap_dep *= 2;
    }
    o->dep[o->n_dep++] = *mark - 1;
}

/* Inlining can blow a small file up without end; so nodes and their operands are counted. */
static bool spend(Import *m, size_t n)
{
    if (m->spent > ONNX_MAX_WORK)
        return false;
    m->spent += n;
    if (m->spent <= ONNX_MAX_WORK)
        return true;
    diag_error(m->d, (Pos){ .file = m->o->file },
               "the model is too large: more than %d nodes and operands, all functions inlined",
               ONNX_MAX_WORK);
    return false;
}

/* What a node reads, its branches included: their bodies may read names from around them. */
static void need_all(Order *o, const Onnx__NodeProto *p)
{
    if (!spend(o->s->m, 1 + p->n_input + p->n_output))
        return;
    for (size_t k = 0; k < p->n_input; k++)
        need(o, p->input[k]);
    for (size_t k = 0; k < p->n_attribute; k++) {
        const Onnx__GraphProto *g = p->attribute[k]->g;
        for (size_t i = 0; g && i < g->n_node; i++)
            need_all(o, g->node[i]);
        for (size_t i = 0; g && i < g->n_output; i++)
            need(o, onnx_text(g->output[i]->name));
    }
}

/* Who produces what, then who needs whom.  False when the model is too large. */
static bool find_needs(Order *o)
{
    for (uint32_t i = 0; i < o->n; i++)
        for (size_t k = 0; k < o->node[i]->n_output; k++) {
            const char *name = o->node[i]->output[k];
            uint32_t *mark = *name ? intern_mark(&o->producer, intern(&o->producer, name)) : NULL;
            if (mark && !*mark)
                *mark = i + 1;               /* the first one; onnx_define reports the second */
        }
    for (uint32_t i = 0; i < o->n; i++) {
        o->first[i] = o->next[i] = o->n_dep;
        need_all(o, o->node[i]);
    }
    o->first[o->n] = o->n_dep;
    return o->s->m->spent <= ONNX_MAX_WORK;
}

/* The nodes from the one that was met again up to the top of the stack. */
static void report_cycle(Order *o, uint32_t bottom)
{
    enum { SHOWN = 8 };
    Diag *d = o->s->m->d;
    Pos pos = onnx_node_pos(o->s, o->node[o->stack[bottom]], o->stack[bottom]);
    uint32_t n = o->n_stack - bottom;
    Buf b;

    buf_init(&b, d->arena);
    for (uint32_t i = bottom + 1; i < o->n_stack && i < bottom + SHOWN; i++) {
        uint32_t k = o->stack[i];
        buf_printf(&b, "%s%s", i > bottom + 1 ? ", " : "",
                   onnx_node_pos(o->s, o->node[k], k).where);
    }
    if (n == 1)
        diag_error(d, pos, "reads its own result");
    else
        diag_error(d, pos, "needs its own result, in a cycle with %s%s", b.p,
                   n > SHOWN ? " and more" : "");
}

/* Its nodes are not read; those that depend on them fall silent. */
static void drop_cycle(Order *o, uint32_t again)
{
    uint32_t bottom = o->n_stack;

    while (o->stack[--bottom] != again)
        ;
    report_cycle(o, bottom);
    while (o->n_stack > bottom) {
        const Onnx__NodeProto *p = o->node[o->stack[--o->n_stack]];
        o->state[o->stack[o->n_stack]] = IN_CYCLE;
        for (size_t k = 0; k < p->n_output; k++)
            if (*p->output[k] && !onnx_lookup(o->s, p->output[k]))
                onnx_bind(o->s, p->output[k])->state = NAME_POISON;
    }
}

/* Places root after all that it needs, with a stack of its own: graphs can be deep. */
static void place(Order *o, uint32_t root)
{
    o->stack[o->n_stack++] = root;
    o->state[root] = OPEN;
    while (o->n_stack) {
        uint32_t i = o->stack[o->n_stack - 1], k;
        if (o->next[i] == o->first[i + 1]) {     /* all it needs is placed, or in a cycle */
            o->n_stack--;
            o->state[i] = PLACED;
            o->order[o->n_order++] = i;
            continue;
        }
        k = o->dep[o->next[i]++];
        if (o->state[k] == OPEN) {           /* below on the stack: it needs itself */
            drop_cycle(o, k);
        } else if (o->state[k] == UNSEEN) {
            o->state[k] = OPEN;
            o->stack[o->n_stack++] = k;
        }
    }
}

void onnx_nodes(Scope *s, Onnx__NodeProto **node, size_t n)
{
    Arena *a = s->m->a;
    Order o = { .s = s, .node = node, .n = (uint32_t)n, .cap_dep = 64 };

    if (!spend(s->m, n))
        return;
    intern_init(&o.producer, a);
    o.dep = arena_new_n(a, uint32_t, o.cap_dep);
    o.first = arena_new_n(a, uint32_t, n + 1);
    o.next = arena_new_n(a, uint32_t, n + 1);
    o.state = arena_new_n(a, uint8_t, n);
    o.stack = arena_new_n(a, uint32_t, n);
    o.order = arena_new_n(a, uint32_t, n);
    if (!find_needs(&o))
        return;
    for (uint32_t i = 0; i < o.n; i++)
        if (o.state[i] == UNSEEN)
            place(&o, i);
    for (uint32_t i = 0; i < o.n_order; i++)
        onnx_node(s, node[o.order[i]], o.order[i]);
}
