/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_block: calls of blocks.
 *
 * A block is a layer that is made of layers.  Its first parameter is what it reads: the line above,
 * unless the call begins with a value.  Its result is that of its last line.
 */
#include "frontend/mnet_run.h"

#include <string.h>

/* What each parameter stands for in one call. */
typedef struct Bound {
    Mnet *m;
    const Stmt *s, *block;
    const Arg *param[MNET_MAX_PARAMS];
    Item item[MNET_MAX_PARAMS];
    bool given[MNET_MAX_PARAMS];
    int n;
} Bound;

/* Parameter i stands for x.  A failed argument fails the call, in silence. */
static bool give(Bound *b, int i, At at, Item x)
{
    if (b->given[i])
        mnet_error(b->m, at, "%s is given '%s' twice", b->s->op, b->param[i]->key);
    if (b->given[i] || x.kind == I_FAILED)
        return false;
    b->given[i] = true;
    b->item[i] = x;
    return true;
}

/* "x, c, s" */
static const char *name_list(Mnet *m, const char *const *names, int n)
{
    Buf t;

    buf_init(&t, m->arena);
    for (int i = 0; i < n; i++)
        buf_printf(&t, "%s%s", i ? ", " : "", names[i]);
    return n ? t.p : "none";
}

/* NAME=VALUE of a call. */
static bool give_by_name(Bound *b, const Arg *a)
{
    const char *names[MNET_MAX_PARAMS], *near;

    for (int i = 0; i < b->n; i++) {
        names[i] = b->param[i]->key;
        if (a->key == b->param[i]->key)
            return give(b, i, a->at, mnet_eval(b->m, a->value));
    }
    mnet_error(b->m, a->at, "%s has no parameter '%s'", b->s->op, a->key);
    near = diag_nearest(a->key, names, (size_t)b->n);
    if (near)
        diag_hint(b->m->d, "did you mean '%s'?", near);
    else
        diag_hint(b->m->d, "parameters: %s", name_list(b->m, names, b->n));
    return false;
}

/* The arguments without a name, from parameter 0 on; from 1 on when the line above is 0. */
static bool give_by_place(Bound *b)
{
    const Item *above = &b->m->frame->above;
    bool first = true;
    int i = 0;

    for (const Arg *a = b->s->arg; a; a = a->next) {
        Item x;
        if (a->key)
            continue;
        x = mnet_eval(b->m, a->value);
        if (first && b->n && x.kind != I_VALUE && x.kind != I_OMITTED
            && above->kind != I_OMITTED && !give(b, i++, a->at, *above))
            return false;
        first = false;
        if (i == b->n) {
            mnet_error(b->m, a->at, "%s has %d parameters, this is one more", b->s->op, b->n);
            return false;
        }
        if (!give(b, i++, a->at, x))
            return false;
    }
    return true;
}

/* All arguments, then the line above for a first parameter that nobody has given.  Arguments are
 * evaluated in the caller's frame. */
static bool bind(Bound *b)
{
    Frame *f = b->m->frame;

    for (const Arg *a = b->block->arg; a; a = a->next)
        b->param[b->n++] = a;
    if (!give_by_place(b))
        return false;
    for (const Arg *a = b->s->arg; a; a = a->next)
        if (a->key && !give_by_name(b, a))
            return false;
    if (b->n && !b->given[0] && f->above.kind != I_OMITTED)
        return give(b, 0, b->s->at, f->above);
    return true;
}

/* In the block's own frame: its parameters, with defaults for those not given. */
static bool set_parameters(Bound *b)
{
    Mnet *m = b->m;

    for (int i = 0; i < b->n; i++) {
        const Arg *p = b->param[i];
        if (!b->given[i] && !p->value) {
            mnet_error(m, b->s->at, "%s needs '%s'", b->s->op, p->key);
            return false;
        }
        if (!b->given[i])
            b->item[i] = mnet_eval(m, p->value);
        mnet_set(m, (Name){ .sym = p->key, .at = p->at }, b->item[i], NULL);
    }
    if (b->n && b->item[0].kind == I_VALUE)
        m->frame->above = b->item[0];
    return true;
}

/* The block's layers are named after the call: r->name[0] and a dot stand before theirs. */
void mnet_call_block(Mnet *m, const Stmt *s, const Stmt *block, Results *r)
{
    Bound b = { .m = m, .s = s, .block = block };
    Frame frame;

    if (r->n > 1)
        mnet_error(m, s->at, "a block has one result");
    if (r->n > 1 || !bind(&b))
        return;
    if (m->n_call == MNET_MAX_CALLS) {
        mnet_error(m, s->at, "calls are more than %d deep: does %s call itself?", MNET_MAX_CALLS,
                   s->op);
        m->stop = true;
        return;
    }
    m->n_call++;
    mnet_enter(m, &frame, arena_printf(m->arena, "%s.", r->name[0]), s);
    if (set_parameters(&b)) {
        mnet_run(m, block->body);
        r->item[0] = frame.above;
    }
    mnet_leave(m);
    m->n_call--;
    if (r->item[0].kind == I_OMITTED) {
        mnet_error(m, s->at, "%s has no result: there is no layer in it", s->op);
        r->item[0].kind = I_FAILED;
    }
}
