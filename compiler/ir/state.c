/* SPDX-License-Identifier: Apache-2.0 */
#include "ir/state.h"

#include <string.h>

enum { ALIGN = 64 };

void state_init(State *s, Arena *a)
{
    *s = (State){ .arena = a };
}

/* Linear: a net has some hundreds of slots. */
uint32_t state_find(const State *s, const char *name)
{
    uint32_t i = 0;

    while (i < s->n && strcmp(s->slot[i].name, name))
        i++;
    return i;
}

/* Text can declare state that no training has a slot for; with numbers it would be a constant. */
void state_check(const State *s, const Value *v, Diag *d)
{
    uint32_t i = s ? state_find(s, v->name) : 0;

    if (!s || i == s->n) {
        diag_error(d, v->pos, "the state '%s' has no numbers, and nothing that trains keeps it",
                   diag_quote(d->arena, v->name));
        return;
    }
    if (s->slot[i].dtype != v->dtype || !shape_equal(&s->slot[i].shape, &v->shape))
        diag_error(d, v->pos, "the state '%s' has another type than this training's",
                   diag_quote(d->arena, v->name));
}

uint32_t state_add(State *s, const char *name, StateKind kind, const Value *like)
{
    uint32_t i = state_find(s, name);

    if (i < s->n)
        return i;
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? 2 * s->cap : 64;
        s->slot = arena_resize(s->arena, s->slot, s->cap * sizeof *s->slot,
                               cap * sizeof *s->slot);
        s->cap = cap;
    }
    s->slot[s->n] = (StateSlot){ arena_strdup(s->arena, name), kind, like->dtype, like->shape,
                                 NULL, 0 };
    return s->n++;
}

static bool is_kept(const StateSlot *slot)
{
    return slot->kind != STATE_GRADIENT && slot->kind != STATE_SCORES;
}

/* Every slot begins a cache line, and ends one: kernels may read whole vectors. */
static int64_t rounded(int64_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static int64_t element_bytes(const State *s, uint32_t i)
{
    DType t = s->slot[i].dtype;

    return (int64_t)dtype_info[s->wide && t == DT_F32 ? DT_F64 : t].size;
}

/* Two sweeps, so that the order within each kind stays. */
void state_place(State *s, size_t head)
{
    StateSlot *sorted = arena_new_n(s->arena, StateSlot, s->n);
    uint32_t n = 0;

    s->bytes = rounded((int64_t)head);
    for (int kept = 1; kept >= 0; kept--) {
        for (uint32_t i = 0; i < s->n; i++) {
            if (is_kept(&s->slot[i]) != kept)
                continue;
            sorted[n] = s->slot[i];
            sorted[n].offset = s->bytes;
            s->bytes += rounded(shape_count(&s->slot[i].shape) * element_bytes(s, i));
            n++;
        }
        if (kept)
            s->kept_bytes = s->bytes;
    }
    s->slot = sorted;
    s->cap = s->n;
}
