/* SPDX-License-Identifier: Apache-2.0 */
/* params: the values of a graph's parameters, taken out and put in by name.
 *
 * What can be set are the parameters, frozen ones too, and the statistics of batch_norm (its mean
 * and variance).  Everything that does not fit is said in one go.
 */
#include "backend/model.h"
#include "base/glob.h"
#include "ir/count.h"

#include <string.h>

/* ---- which values they are ---- */

/* By value: is it a parameter? Frozen ones are constants, known by where they are used.  Operands 3
 * and 4 of batch_norm are its mean and variance; they are parameters only where they are known, and
 * value 0 is none at all. */
static uint8_t *find_params(mnc_model *m)
{
    uint8_t *is = arena_new_n(&m->arena, uint8_t, m->g->n_value);

    for (uint32_t i = 1; i < m->g->n_value; i++)
        is[i] = m->g->value[i].kind == VAL_PARAM;
    for (uint32_t i = 1; i < m->g->n_node; i++) {
        const Node *n = &m->g->node[i];
        for (uint32_t k = 1; k < n->n_in; k++)
            if (count_is_weight(n, k) || (n->op == OP_batch_norm && k >= 3))
                is[n->in[k].id] |= ir_is_const(m->g, n->in[k]);
    }
    is[0] = 0;
    return is;
}

/* In the order of the values, which is that of the file: the list is the same each time.  Its
 * names, shapes and data are the graph's own, not copies. */
void model_list_params(mnc_model *m)
{
    uint8_t *is = find_params(m);

    m->n_param = 0;
    m->param = arena_new_n(&m->arena, mnc_param, m->g->n_value);
    for (uint32_t i = 1; i < m->g->n_value; i++) {
        const Value *v = &m->g->value[i];
        if (!is[i])
            continue;
        m->param[m->n_param++] = (mnc_param){
            .tensor = { v->name, dtype_info[v->dtype].onnx, (int)v->shape.rank, v->shape.dim,
                        (size_t)shape_count(&v->shape) * dtype_info[v->dtype].size },
            .data = v->data };
    }
}

/* The list lives as long as the model, or until it is asked for again. */
mnc_status mnc_params(mnc_model *m, const mnc_param **list, size_t *n)
{
    PROTECT(m);
    model_list_params(m);
    *list = m->param;
    *n = m->n_param;
    return MNC_OK;
}

/* ---- names ---- */

enum { MOST_STARS = 8 };

/* The name that the rules make of a file's name: the first that matches is applied, its stars in
 * order.  used: by rule, which ones ever were. */
static const char *renamed(Arena *a, const char *name, const char *const *rule, uint8_t *used)
{
    GlobStar star[MOST_STARS + 1];
    size_t k = 0, i = 0;
    Buf b;

    while (rule && rule[i] && !glob_match(rule[i], strchr(rule[i], '='), name, star))
        i++;
    if (!rule || !rule[i])
        return name;
    used[i] = 1;
    buf_init(&b, a);
    for (const char *p = strchr(rule[i], '=') + 1; *p; p++) {
        if (*p == '*')
            buf_put(&b, star[k].p, star[k].n), k++;
        else
            buf_char(&b, *p);
    }
    return b.p;
}

/* From p to end, which may be the middle of a rule. */
static size_t count_stars(const char *p, const char *end)
{
    size_t n = 0;

    for (; p < end; p++)
        n += *p == '*';
    return n;
}

/* All rules that are wrong are said.  What holds after it: each has a '=', at most MOST_STARS
 * stars on its left, and no more on its right than there are texts for. */
static bool check_rules(mnc_model *m, const char *const *rule)
{
    bool ok = true;

    for (; rule && *rule; rule++) {
        const char *to = strchr(*rule, '=');
        size_t left = to ? count_stars(*rule, to) : 0;

        if (to && left <= MOST_STARS && count_stars(to, to + strlen(to)) <= left)
            continue;
        diag_error(&m->diag, (Pos){ 0 }, "'%s' is no rule FROM=TO with as many * in TO as in FROM",
                   diag_quote(&m->arena, *rule));
        ok = false;
    }
    return ok;
}

/* ---- putting in ---- */

typedef struct Setting {
    mnc_model *m;
    const mnc_param_rules *rules;
    uint8_t *is, *set;              /* by value: can be set; has been */
    uint8_t *used;                  /* by rule of renaming */
} Setting;

/* An error, or with --partial a note. */
static void say(Setting *s, const char *what, const char *name, const char *why)
{
    Pos pos = { .file = s->rules->file };

    if (s->rules->partial)
        diag_note(&s->m->diag, pos, "%s '%s' %s", what, diag_quote(&s->m->arena, name), why);
    else
        diag_error(&s->m->diag, pos, "%s '%s' %s", what, diag_quote(&s->m->arena, name), why);
}

/* 0: no value has the name. */
static uint32_t find_value(const Graph *g, const char *name)
{
    uint32_t i = 1;

    while (i < g->n_value && strcmp(g->value[i].name, name))
        i++;
    return i < g->n_value ? i : 0;
}

/* For a message: dimensions beyond those that a shape has room for are left out. */
static const char *shape_of(Arena *a, const mnc_tensor *t)
{
    Shape s = { .rank = 0 };

    for (int i = 0; i < t->rank && i < IR_MAX_RANK; i++)
        s.dim[s.rank++] = t->dim[i];
    return shape_text(a, &s);
}

/* A scalar and a vector of one element differ, as in the files. */
static bool same_shape(const Value *v, const mnc_tensor *t)
{
    if (t->rank != (int)v->shape.rank)
        return false;
    for (int i = 0; i < t->rank; i++)
        if (t->dim[i] != v->shape.dim[i])
            return false;
    return true;
}

/* The file's numbers as the value's type: rounded once. */
static const void *converted(Arena *a, const Value *v, const mnc_param *p)
{
    int64_t n = shape_count(&v->shape);
    Value from = { .dtype = dtype_by_onnx(p->tensor.dtype), .data = p->data };
    float *out;

    if (from.dtype == v->dtype) {
        void *copy = arena_array(a, (size_t)n, dtype_info[v->dtype].size);
        memcpy(copy, p->data, (size_t)n * dtype_info[v->dtype].size);
        return copy;
    }
    if (v->dtype != DT_F32 || (from.dtype != DT_F64 && from.dtype != DT_F16))
        return NULL;
    out = arena_new_n(a, float, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)ir_element(&from, i);
    return out;
}

/* The value keeps its type and shape; only its data become others. */
static void set_one(Setting *s, const mnc_param *p)
{
    Arena *a = &s->m->arena;
    const char *name = renamed(a, p->tensor.name, s->rules->rename, s->used);
    uint32_t id = find_value(s->m->g, name);
    Value *v = &s->m->g->value[id];
    const void *data;

    if (!id || !s->is[id]) {
        say(s, "the file's", name, "is no parameter of the net");
    } else if (!same_shape(v, &p->tensor)) {
        say(s, "the file's", name, arena_printf(a, "has the shape %s, the net's %s",
                                                shape_of(a, &p->tensor), shape_text(a, &v->shape)));
        s->set[id] = 1;                /* one message for it is enough */
    } else if (!(data = converted(a, v, p))) {
        say(s, "the file's", name, "has another element type than the net's");
        s->set[id] = 1;
    } else {
        v->data = data;
        s->set[id] = 1;
    }
}

/* Most likely mistyped; but what goes for a family of files need not be of use for each of them. */
static void note_unused(const Setting *s)
{
    const char *const *rule = s->rules->rename;

    for (size_t i = 0; rule && rule[i]; i++)
        if (!s->used[i])
            diag_note(&s->m->diag, (Pos){ .file = s->rules->file },
                      "no name is left for the rule '%s' to change",
                      diag_quote(&s->m->arena, rule[i]));
}

static size_t count_rules(const char *const *rule)
{
    size_t n = 0;

    while (rule && rule[n])
        n++;
    return n;
}

/* A value named twice in the file gets the later one.  False only for wrong rules: the rest is
 * said and goes on, so that all of it is said at once. */
static bool set_all(mnc_model *m, const mnc_param *list, size_t n, const mnc_param_rules *rules)
{
    Setting s = { m, rules, find_params(m), arena_new_n(&m->arena, uint8_t, m->g->n_value),
                  arena_new_n(&m->arena, uint8_t, count_rules(rules->rename) + 1) };

    if (!check_rules(m, rules->rename))
        return false;
    for (size_t i = 0; i < n; i++)
        set_one(&s, &list[i]);
    for (uint32_t i = 1; i < m->g->n_value; i++)
        if (s.is[i] && !s.set[i])
            say(&s, "the net's", m->g->value[i].name, "is not in the file");
    note_unused(&s);
    return true;
}

mnc_status mnc_set_params(mnc_model *m, const mnc_param *list, size_t n,
                          const mnc_param_rules *rules)
{
    PROTECT(m);
    return model_result(m, set_all(m, list, n, rules));
}
