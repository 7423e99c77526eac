/* SPDX-License-Identifier: Apache-2.0 */
/* split: a net in two where training begins.
 *
 * In front stands what depends on the input and on nothing that is trained: for one image it gives
 * the same in every epoch.  It ends with one value, which the rest reads; a net whose frozen part
 * ends in several places is refused.  out: the one part, or the other with that value as its
 * input. */
#include "backend/model.h"
#include "base/glob.h"
#include "passes/pass.h"

PassFn pass_dce;

typedef struct Split {
    mnc_model *m;
    Graph *g;
    const char *const *freeze;
    bool *fed, *trained;       /* by value: depends on the input; on what is trained */
    ValueId last;              /* of the part in front; 0: none found */
    uint32_t n_last;
} Split;

/* As the pass train decides: a batch norm is frozen with its scale. */
static bool trains(const Split *s, const Node *n, uint32_t k)
{
    const Value *v = ir_val(s->g, n->op == OP_batch_norm ? n->in[1] : n->in[k]);

    return n->in[k].id && v->kind == VAL_PARAM && v->dtype == DT_F32
        && !glob_matches_any(s->freeze, v->name);
}

static void take_last(Split *s, ValueId v)
{
    if (v.id && v.id != s->last.id && s->fed[v.id] && !s->trained[v.id]) {
        s->last = v;
        s->n_last++;
    }
}

static void mark(Split *s, const Node *n)
{
    bool fed = false, trained = false;

    for (uint32_t k = 0; k < n->n_in; k++) {
        fed = fed || s->fed[n->in[k].id];
        trained = trained || s->trained[n->in[k].id] || trains(s, n, k);
    }
    for (uint32_t k = 0; k < n->n_out; k++) {
        s->fed[n->out[k].id] = fed;
        s->trained[n->out[k].id] = trained;
    }
    for (uint32_t k = 0; trained && k < n->n_in; k++)
        take_last(s, n->in[k]);
}

/* The same value may be read in several places, but no two values. */
static bool find_last(Split *s)
{
    Graph *g = s->g;
    Diag *d = &s->m->diag;

    if (g->n_input == 1)
        s->fed[g->input[0].id] = true;
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op)
            mark(s, &g->node[i]);
    for (uint32_t i = 0; i < g->n_output; i++)
        take_last(s, g->output[i]);
    if (s->n_last == 1 && ir_producer(g, s->last)
        && ir_val(g, s->last)->shape.dim[0] == ir_val(g, g->input[0])->shape.dim[0])
        return true;
    if (s->n_last > 1)
        diag_error(d, (Pos){ 0 }, "the frozen part ends in several places: what it gives cannot be"
                   " kept");
    else
        diag_error(d, (Pos){ 0 }, "no part of the net in front of what is trained is frozen");
    return false;
}

static bool take_part(mnc_model *m, const char *const *freeze, int behind)
{
    Arena *a = &m->arena;
    Split s = { .m = m, .g = m->g, .freeze = freeze };
    Job job = { .g = m->g, .options = &m->options, .d = &m->diag };
    const Value *v;
    ValueId x;

    s.fed = arena_new_n(a, bool, m->g->n_value);
    s.trained = arena_new_n(a, bool, m->g->n_value);
    if (!find_last(&s))
        return false;
    if (!behind) {
        ir_set_outputs(m->g, &s.last, 1);
        m->in_parts = true;                  /* to the bit what a step has there */
    } else {
        v = ir_val(m->g, s.last);
        x = ir_value(m->g, arena_printf(a, "%s.kept", v->name), VAL_INPUT, v->dtype, &v->shape,
                     v->pos);
        ir_replace(m->g, s.last, x);
        ir_set_inputs(m->g, &x, 1);
    }
    return pass_dce(&job) && ir_sort(m->g) && ir_check(m->g, "split", &m->diag);
}

mnc_status mnc_split(mnc_model *m, const char *const *freeze, int behind)
{
    PROTECT(m);
    return model_result(m, take_part(m, freeze, behind));
}
