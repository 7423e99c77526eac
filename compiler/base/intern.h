/* SPDX-License-Identifier: Apache-2.0 */
/* intern: equal strings become one pointer, so that names compare with ==.
 * A Map beside each string gives it a number, for tables by name. */
#ifndef MNC_BASE_INTERN_H
#define MNC_BASE_INTERN_H

#include "base/arena.h"

/* An interned, 0-terminated string.  Compare by pointer within one Intern. */
typedef const char *Sym;

typedef struct InternSlot {
    Sym s;                /* NULL: free */
    uint64_t hash;
    uint32_t mark;        /* the caller's number for this name; 0 at first */
} InternSlot;

typedef struct Intern {
    Arena *arena;
    InternSlot *slot;
    size_t n, cap;        /* cap is a power of two */
} Intern;

void intern_init(Intern *t, Arena *a);
Sym intern(Intern *t, const char *s);
Sym intern_n(Intern *t, const char *s, size_t n);

/* The mark of a name, or NULL when it was never interned.  Dead after the next intern(). */
uint32_t *intern_mark(Intern *t, const char *s);

#endif
