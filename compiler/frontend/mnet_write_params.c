/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_params: what differs between the calls of a block, as few parameters.
 *
 * Each slot of the body is a column: its value in each call, unknown where the call lacks the line.
 * A column of one value is that value.  Others are said by what there is already, if that gives the
 * column: an earlier parameter c, 4 * c, channels(x), floor(k / 2); or else are a new parameter.
 * The conditions of lines that not every call has are found in the same manner, from what nets are
 * made of: s == 1 and c == channels(x).  What nothing explains gets a parameter of its own, 0 or 1.
 *
 * In: the body and its matches.  Out: for each slot of the body a text in terms of parameters, for
 * each option a condition, for each call its arguments; every text evaluates to the slot's value in
 * every call that has the line.
 *
 *     calls              1         2         3          text
 *     expand out=        -        96       144          t * channels(x)     t: 1 6 6
 *     project out=      16        24        24          c                   c: 16 24 24
 *     has expand        no       yes       yes          t > 1
 */
#include "frontend/mnet_write.h"

#include <inttypes.h>
#include <string.h>

typedef struct Column {
    Slot *v;
    bool *known;
} Column;

typedef struct Params {
    Writer *w;
    Block *b;
    const Match *match;
    uint32_t n;                        /* calls */
    Column col[WRITE_MOST_PARAMS];
    const char *key[WRITE_MOST_PARAMS];        /* what the parameter was first for */
    uint32_t line[WRITE_MOST_PARAMS];
    bool full;
} Params;

const Shape *write_shape(const Writer *w, Ref r)
{
    return &ir_val(w->g, r.line->out[r.out])->shape;
}

/* channels(x) in call c. */
static int64_t channels(const Params *p, uint32_t c)
{
    const Shape *s = write_shape(p->w, p->match[c].entry);

    return s->rank > 1 ? s->dim[1] : 0;
}

/* NULL: the call lacks the line. */
static const Slot *value(const Params *p, uint32_t c, uint32_t line, uint32_t slot)
{
    const Line *l = p->match[c].of[line];

    return l ? &l->slot[slot] : NULL;
}

/* One slot of one line, call by call. */
static Column column(const Params *p, uint32_t line, uint32_t slot)
{
    Column col = { arena_new_n(p->w->a, Slot, p->n), arena_new_n(p->w->a, bool, p->n) };

    for (uint32_t c = 0; c < p->n; c++) {
        const Slot *s = value(p, c, line, slot);
        col.known[c] = s != NULL;
        if (s)
            col.v[c] = *s;
    }
    return col;
}

/* The first known value, if all are that. */
static const Slot *only_value(const Params *p, const Column *col)
{
    const Slot *s = NULL;

    for (uint32_t c = 0; c < p->n; c++) {
        if (col->known[c] && s && !write_same_slot(s, &col->v[c]))
            return NULL;
        if (col->known[c] && !s)
            s = &col->v[c];
    }
    return s;
}

/* ---- new parameters ---- */

/* What a parameter is called after its first use. */
static const char *name_for(const Params *p, const char *key)
{
    static const char *const names[][2] = {
        { "out", "c" }, { "k", "k" }, { "stride", "s" }, { "eps", "eps" }, { "group", "g" },
    };
    const char *base = key, *name;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i][0], key))
            base = names[i][1];
    name = base;
    for (uint32_t k = 2, i = 0; i < p->b->n_param; i++)
        if (!strcmp(p->b->param[i], name)) {
            name = arena_printf(p->w->a, "%s%u", base, k++);
            i = UINT32_MAX;            /* once more from the first */
        }
    return name;
}

/* Its number; when there is no room the block is given up, so that the number does not matter. */
static uint32_t add_param(Params *p, const char *key, uint32_t line, Column col)
{
    uint32_t i = p->b->n_param;

    if (i == WRITE_MOST_KEYS) {
        p->full = true;
        return 0;
    }
    p->b->param[i] = name_for(p, key);
    p->key[i] = key;
    p->line[i] = line;
    p->col[i] = col;
    p->b->n_param++;
    return i;
}

/* ---- expressions ---- */

/* Is the column m times the parameter, or the parameter over d?  Unknown ones are as wanted. */
static bool is_multiple(const Params *p, const Column *col, uint32_t param, int64_t m, int64_t d)
{
    const Column *q = &p->col[param];

    for (uint32_t c = 0; c < p->n; c++)
        if (col->known[c] && q->known[c]
            && (col->v[c].kind != SLOT_INT || q->v[c].kind != SLOT_INT
                || col->v[c].i * d != q->v[c].i * m))
            return false;
    return true;
}

/* Equal where both are known. */
static bool same_column(const Params *p, const Column *col, uint32_t param)
{
    const Column *q = &p->col[param];

    for (uint32_t c = 0; c < p->n; c++)
        if (col->known[c] && q->known[c] && !write_same_slot(&col->v[c], &q->v[c]))
            return false;
    return true;
}

/* The parameter must also hold what the column knows and it does not. */
static void merge(Params *p, uint32_t param, const Column *col, int64_t m, int64_t d)
{
    Column *q = &p->col[param];

    for (uint32_t c = 0; c < p->n; c++)
        if (col->known[c] && !q->known[c]) {
            q->known[c] = true;
            q->v[c] = col->v[c];
            if (m != d)
                q->v[c].i = col->v[c].i * d / m;
        }
}

/* m of "column = m * parameter", from a call that knows both; 0: it is none. */
static int64_t ratio(const Params *p, const Column *col, uint32_t param)
{
    for (uint32_t c = 0; c < p->n; c++)
        if (col->known[c] && p->col[param].known[c] && col->v[c].kind == SLOT_INT
            && p->col[param].v[c].kind == SLOT_INT && p->col[param].v[c].i > 0)
            return col->v[c].i % p->col[param].v[c].i ? 0 : col->v[c].i / p->col[param].v[c].i;
    return 0;
}

/* floor(k / 2), the padding that keeps an odd kernel's image as large as it is. */
static bool is_half(const Params *p, const Column *col, uint32_t param)
{
    for (uint32_t c = 0; c < p->n; c++)
        if (col->known[c] && (!p->col[param].known[c] || col->v[c].kind != SLOT_INT
                              || col->v[c].i != p->col[param].v[c].i / 2))
            return false;
    return true;
}

/* By a parameter that there is; NULL: none explains it. */
static const char *by_param(Params *p, const Column *col, const char *key)
{
    Arena *a = p->w->a;
    bool number = !strcmp(key, "out");

    for (uint32_t i = 0; i < p->b->n_param; i++)
        if (!strcmp(p->key[i], key) && same_column(p, col, i)) {
            merge(p, i, col, 1, 1);
            return p->b->param[i];
        }
    for (uint32_t i = 0; i < p->b->n_param; i++) {
        int64_t m = ratio(p, col, i);
        if (number && !strcmp(p->key[i], "out") && m > 1 && is_multiple(p, col, i, m, 1)) {
            merge(p, i, col, m, 1);
            return arena_printf(a, "%" PRId64 " * %s", m, p->b->param[i]);
        }
        if (!strcmp(key, "pad") && !strcmp(p->key[i], "k") && is_half(p, col, i))
            return arena_printf(a, "floor(%s / 2)", p->b->param[i]);
    }
    return NULL;
}

/* The group of lines that some calls lack and that this line is in, or NULL. */
static const Option *option_of(const Params *p, uint32_t line)
{
    for (uint32_t i = 0; i < p->b->n_option; i++)
        if (line >= p->b->option[i].first && line <= p->b->option[i].last)
            return &p->b->option[i];
    return NULL;
}

/* By the channels of x: as many, or t times as many before a depthwise convolution. */
static const char *by_channels(Params *p, const Column *col, uint32_t line)
{
    Column t = { arena_new_n(p->w->a, Slot, p->n), arena_new_n(p->w->a, bool, p->n) };
    const Slot *one;
    uint32_t i;

    for (uint32_t c = 0; c < p->n; c++) {
        int64_t x = channels(p, c);
        if (col->known[c] && (x < 1 || col->v[c].i % x))
            return NULL;
        t.known[c] = true;
        t.v[c] = write_int(col->known[c] ? col->v[c].i / x : 1);
    }
    for (i = 0; i < p->b->n_param; i++)
        if (!strcmp(p->key[i], "t") && same_column(p, &t, i))
            return arena_printf(p->w->a, "%s * channels(x)", p->b->param[i]);
    one = only_value(p, &t);
    if (one && one->i == 1)
        return "channels(x)";
    if (one)
        return arena_printf(p->w->a, "%" PRId64 " * channels(x)", one->i);
    if (line + 1 == p->b->n || strcmp(p->b->body[line + 1]->word, "depthwise"))
        return NULL;                   /* it is the block's own width, not how much x is widened */
    i = add_param(p, "t", line, t);
    return arena_printf(p->w->a, "%s * channels(x)", p->b->param[i]);
}

/* The text of one slot. */
static const char *explain(Params *p, uint32_t line, const Key *key, uint32_t slot)
{
    Column col = column(p, line, slot);
    const Slot *one = only_value(p, &col);
    const char *name = key->name ? key->name : p->b->body[line]->block ? "n" : "act", *text;
    bool out = !strcmp(name, "out");

    if (!*name)
        name = "n";
    if (p->b->body[line]->block)
        name = p->b->body[line]->block->param[slot];
    if (one && !(option_of(p, line) && (out || !strcmp(name, "stride"))))
        return write_slot(p->w->a, one);
    text = by_param(p, &col, name);
    if (!text && out)
        text = by_channels(p, &col, line);
    if (!text && one)
        text = write_slot(p->w->a, one);
    return text ? text : p->b->param[add_param(p, name, line, col)];
}

/* ---- conditions ---- */

typedef bool Test(const Params *p, uint32_t c, uint32_t stride);

static bool as_many(const Params *p, uint32_t c)
{
    const Match *m = &p->match[c];
    const Line *last = p->w->line[m->at + m->n - 1];
    const Shape *y = write_shape(p->w, (Ref){ (Line *)last, 0 });

    return y->rank > 1 && y->dim[1] == channels(p, c);
}

/* A block without a stride parameter has no call of stride 1: the test with stride fails then. */
static bool no_stride(const Params *p, uint32_t c, uint32_t stride)
{
    return stride < p->b->n_param && p->col[stride].known[c] && p->col[stride].v[c].i == 1;
}

static bool test_both(const Params *p, uint32_t c, uint32_t stride)
{
    return no_stride(p, c, stride) && as_many(p, c);
}

static bool test_many(const Params *p, uint32_t c, uint32_t stride)
{
    (void)stride;
    return as_many(p, c);
}

/* Does the test, or its contrary, say which calls have the line? */
static bool holds(const Params *p, Test *test, bool want, uint32_t line, uint32_t stride)
{
    for (uint32_t c = 0; c < p->n; c++)
        if (test(p, c, stride) != (p->match[c].of[line] ? want : !want))
            return false;
    return true;
}

/* Dimension 1 of a result; 0: it has none. */
static int64_t channels_of(const Params *p, Ref r)
{
    const Shape *s = r.line ? write_shape(p->w, r) : NULL;

    return s && s->rank > 1 ? s->dim[1] : 0;
}

/* The channels of the block's result, in the block's terms: out= of the line behind which nothing
 * changes them.  What lacks here and there may be the shortcut alone. */
static const char *result_channels(const Params *p)
{
    uint32_t at = 0;

    for (uint32_t k = 0; k < p->b->n; k++)
        at += p->b->body[k]->n_slot;
    for (uint32_t k = p->b->n; k-- > 0;) {
        const Line *l = p->b->body[k];
        const Option *o = option_of(p, k);
        at -= l->n_slot;
        for (uint32_t i = 0; i < l->n_key && !o; i++)
            if (l->key[i].name && !strcmp(l->key[i].name, "out"))
                return p->b->text[at + l->key[i].slot];
        if (!(o && o->alias) && (!l->n_in || channels_of(p, (Ref){ (Line *)l, 0 })
                                             != channels_of(p, l->in[0])))
            return NULL;
    }
    return NULL;
}

/* The first parameter for such a key that a line of [first, last] has made; n_param: none. */
static uint32_t find_param(const Params *p, const char *key, uint32_t first, uint32_t last)
{
    uint32_t i = 0;

    while (i < p->b->n_param && !(!strcmp(p->key[i], key) && p->line[i] >= first
                                  && p->line[i] <= last))
        i++;
    return i;
}

/* t > 1, c != channels(x): the widening layer that lacks when it would not widen.  The parameter
 * of the calls without it is set so that the condition holds. */
static const char *widens(Params *p, const Option *o)
{
    uint32_t t = find_param(p, "t", o->first, o->last);
    uint32_t c = find_param(p, "out", o->first, o->first);
    bool is_t = t < p->b->n_param;
    uint32_t i = is_t ? t : c;

    if (i == p->b->n_param)
        return NULL;
    for (uint32_t k = 0; k < p->n; k++) {
        Slot *v = &p->col[i].v[k];
        int64_t same = is_t ? 1 : channels(p, k);
        bool has = p->match[k].of[o->first];
        if (v->kind != SLOT_INT || (has ? v->i == same : p->col[i].known[k] && v->i != same))
            return NULL;
    }
    for (uint32_t k = 0; k < p->n; k++)
        if (!p->match[k].of[o->first]) {
            p->col[i].known[k] = true;
            p->col[i].v[k] = write_int(is_t ? 1 : channels(p, k));
        }
    return arena_printf(p->w->a, is_t ? "%s > 1" : "%s != channels(x)", p->b->param[i]);
}

/* The shortcut that needs equal shapes, or a projection where they differ. */
static const char *by_shapes(Params *p, const Option *o)
{
    uint32_t s = find_param(p, "stride", 0, p->b->n);
    const char *c = result_channels(p), *stride = s < p->b->n_param ? p->b->param[s] : NULL;
    Arena *a = p->w->a;

    if (!c)
        return NULL;
    if (stride && holds(p, test_both, true, o->first, s))
        return arena_printf(a, "%s == 1 and %s == channels(x)", stride, c);
    if (stride && holds(p, test_both, false, o->first, s))
        return arena_printf(a, "%s != 1 or %s != channels(x)", stride, c);
    if (holds(p, test_many, true, o->first, s))
        return arena_printf(a, "%s == channels(x)", c);
    if (holds(p, test_many, false, o->first, s))
        return arena_printf(a, "%s != channels(x)", c);
    return NULL;
}

/* A parameter for the condition alone. */
static const char *by_flag(Params *p, const Option *o)
{
    Column col = { arena_new_n(p->w->a, Slot, p->n), arena_new_n(p->w->a, bool, p->n) };
    const Line *last = p->b->body[o->last];

    for (uint32_t c = 0; c < p->n; c++) {
        col.known[c] = true;
        col.v[c] = write_int(p->match[c].of[o->first] != NULL);
    }
    for (uint32_t i = 0; i < p->b->n_param; i++)
        if (!strncmp(p->key[i], "with_", 5) && same_column(p, &col, i))
            return p->b->param[i];
    p->b->n_flag++;
    return p->b->param[add_param(p, !strcmp(last->word, "mul") ? "with_se" :
                                 arena_printf(p->w->a, "with_%s", last->block ? "block"
                                              : last->word), o->first, col)];
}

/* ---- all of it ---- */

/* What no call says: a value that another one has, or channels(x). */
static void fill(Params *p)
{
    for (uint32_t i = 0; i < p->b->n_param; i++) {
        Slot some = write_int(1);
        for (uint32_t c = p->n; c-- > 0;)
            if (p->col[i].known[c])
                some = p->col[i].v[c];
        for (uint32_t c = 0; c < p->n; c++)
            if (!p->col[i].known[c])
                p->col[i].v[c] = some;
    }
}

/* Slots first, in the order of the text, so that parameters are in that order too; conditions
 * then use them. */
bool write_params(Writer *w, Block *b, const Match *match, uint32_t n_match, Slot *arg)
{
    Params p = { .w = w, .b = b, .match = match, .n = n_match };
    uint32_t n_slot = 0, at = 0;

    for (uint32_t k = 0; k < b->n; k++)
        n_slot += b->body[k]->n_slot;
    b->text = arena_new_n(w->a, const char *, n_slot);
    for (uint32_t k = 0; k < b->n; k++) {
        const Line *l = b->body[k];
        for (uint32_t i = 0; i < l->n_key; i++)
            for (uint32_t s = l->key[i].slot; s < l->key[i].slot + l->key[i].n; s++)
                b->text[at + s] = explain(&p, k, &l->key[i], s);
        at += l->n_slot;
    }
    for (uint32_t i = 0; i < b->n_option; i++) {
        Option *o = &b->option[i];
        o->cond = widens(&p, o);
        if (!o->cond)
            o->cond = by_shapes(&p, o);
        if (!o->cond)
            o->cond = by_flag(&p, o);
    }
    fill(&p);
    for (uint32_t c = 0; c < n_match; c++)
        for (uint32_t i = 0; i < b->n_param; i++)
            arg[c * WRITE_MOST_PARAMS + i] = p.col[i].v[c];
    return !p.full;
}
