/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write_pairs: a depthwise and a pointwise convolution with the same words are one line, a
 * separable (Sifre 2014). */
#include "frontend/mnet_write.h"

#include <string.h>

/* By its name; the activation behind the operands has none. */
static const Key *find_key(const Line *l, const char *name)
{
    for (uint32_t i = 0; i < l->n_key; i++)
        if (l->key[i].name ? name && !strcmp(l->key[i].name, name) : !name)
            return &l->key[i];
    return NULL;
}

/* Both lack the key, or both have it with equal first values. */
static bool same_value(const Line *a, const Line *b, const char *name)
{
    const Key *p = find_key(a, name), *q = find_key(b, name);

    return !p == !q && (!p || write_same_slot(&a->slot[p->slot], &b->slot[q->slot]));
}

/* Is every key of a pointwise convolution but out= as it usually is? */
static bool only_out(const Line *l)
{
    for (uint32_t i = 0; i < l->n_key; i++) {
        const Key *k = &l->key[i];
        for (uint32_t j = 0; k->has_usual && j < k->n; j++)
            if (!write_same_slot(&l->slot[k->slot + j], &k->usual))
                return false;
    }
    return true;
}

/* d and p, in a row, as one line: out= is p's, eps= cannot be said for both. */
static bool pair(Writer *w, Line *d, const Line *p)
{
    const Key *out = find_key(p, "out");

    if (strcmp(d->word, "depthwise") || strcmp(p->word, "pointwise") || find_key(d, "out")
        || p->in[0].line != d || w->uses[d->out[0].id] != 1 || strcmp(d->tail, p->tail)
        || !same_value(d, p, NULL) || !same_value(d, p, "eps") || !only_out(p)
        || d->frozen != p->frozen || !find_key(d, NULL))
        return false;
    d->word = "separable";
    write_key(d, (Key){ .name = "out", .n = 1 }, &p->slot[out->slot]);
    d->wish = write_wish_both(w->a, d->wish, p->wish);
    d->out = p->out;
    d->into = NULL;
    w->by_value[p->out[0].id] = d;
    write_sign(d);
    return true;
}

/* Operands that read the second half read the pair now.  Pairs do not overlap: a pointwise
 * convolution belongs to the depthwise one that it alone reads. */
void write_separable(Writer *w)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < w->n; i++) {
        Line *l = w->line[i];
        if (n && pair(w, w->line[n - 1], l)) {
            l->into = w->line[n - 1];
            continue;
        }
        for (uint32_t k = 0; k < l->n_in; k++)
            while (l->in[k].line && l->in[k].line->into)
                l->in[k].line = l->in[k].line->into;
        w->line[n++] = l;
    }
    w->n = n;
}
