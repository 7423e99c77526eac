/* SPDX-License-Identifier: Apache-2.0 */
#include "base/intern.h"

#include <string.h>
#include <xxhash.h>

/* cap is a power of two, so that a mask does for the remainder. */
void intern_init(Intern *t, Arena *a)
{
    t->arena = a;
    t->n = 0;
    t->cap = 256;
    t->slot = arena_new_n(a, InternSlot, t->cap);
}

/* Linear probing; the table is never more than half full. */
static InternSlot *find(Intern *t, const char *s, size_t n, uint64_t hash)
{
    size_t i = (size_t)hash & (t->cap - 1);

    while (t->slot[i].s
           && (t->slot[i].hash != hash || strncmp(t->slot[i].s, s, n) || t->slot[i].s[n]))
        i = (i + 1) & (t->cap - 1);
    return &t->slot[i];
}

/* Slots move, marks with them; the strings stay where they are, and so a Sym is good for ever. */
static void grow(Intern *t)
{
    InternSlot *old = t->slot;
    size_t old_cap = t->cap;

    t->cap *= 2;
    t->slot = arena_new_n(t->arena, InternSlot, t->cap);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].s)
            *find(t, old[i].s, strlen(old[i].s), old[i].hash) = old[i];
}

/* s need not be terminated, and may hold no NUL: a name ends at the first one. */
Sym intern_n(Intern *t, const char *s, size_t n)
{
    uint64_t hash = XXH64(s, n, 0);
    InternSlot *slot = find(t, s, n, hash);

    if (slot->s)
        return slot->s;
    if (2 * (t->n + 1) > t->cap) {
        grow(t);
        slot = find(t, s, n, hash);
    }
    t->n++;
    slot->hash = hash;
    slot->s = arena_strndup(t->arena, s, n);
    return slot->s;
}

/* Equal texts give equal addresses, so that names are compared as pointers. */
Sym intern(Intern *t, const char *s)
{
    return intern_n(t, s, strlen(s));
}

/* The pointer is good until the next name comes in, which may move the slots. */
uint32_t *intern_mark(Intern *t, const char *s)
{
    size_t n = strlen(s);
    InternSlot *slot = find(t, s, n, XXH64(s, n, 0));

    return slot->s ? &slot->mark : NULL;
}
