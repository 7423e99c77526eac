/* SPDX-License-Identifier: Apache-2.0 */
/* sites: what was chosen where, and what else could be: the neighbours of a choice, which differ
 * from it in one knob or two, in the order of their costs.  From neighbour to neighbour every
 * choice can be reached; who measures goes where it is faster (driver/tune_search.c).
 *
 * in: what kernels say of themselves while a file is written; out: mnc_sites.
 */
#include "backend/sites.h"
#include "backend/model.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_OTHERS = 128, LARGEST_TILE = 16, MOST_PARTS = 14 };

/* Few enough to be looked through: a net has some dozens of shapes. */
void sites_add(Emit *e, const Site *site, int layer)
{
    Layers *l = &e->layers;
    size_t i = 0;
    Site *s;

    while (i < l->n_site
           && (l->site[i].target != site->target || strcmp(l->site[i].kernel, site->kernel)
               || strcmp(l->site[i].shape, site->shape)))
        i++;
    s = i < l->n_site ? &l->site[i] : NULL;
    if (!s) {
        l->site = arena_resize(e->arena, l->site, l->n_site * sizeof *s,
                               (l->n_site + 1) * sizeof *s);
        s = &l->site[l->n_site++];
        *s = *site;
        s->layer = NULL;
        s->n = s->cap = 0;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 4;
        s->layer = arena_resize(e->arena, s->layer, s->n * sizeof *s->layer,
                                s->cap * sizeof *s->layer);
    }
    s->layer[s->n++] = layer;
}

/* The same shape may be a band in one place and, for its neighbours' sake, none in another: then it
 * is none here. */
static void add_band(Emit *e, const Band *b, int64_t rows)
{
    Site s = { .kind = SITE_BAND, .target = e->target, .now = choice_none(),
               .kernel = choose_kernel(e->arena, e->options, "band"),
               .shape = choice_band_shape(e->arena, e->g, b->first, b->last) };

    s.now.knob[KNOB_rows] = rows;
    for (uint32_t i = b->first; i <= b->last; i++)
        sites_add(e, &s, (int)i);
}

void sites_add_bands(Emit *e)
{
    for (uint32_t i = 0; i < e->plan->n_band; i++)
        add_band(e, &e->plan->band[i], e->plan->band[i].rows[e->plan->band[i].last
                                                             - e->plan->band[i].first]);
    for (uint32_t i = 0; i < e->plan->n_maybe; i++)
        add_band(e, &e->plan->maybe[i], 0);
}

/* ---- neighbours ---- */

/* A neighbour, and what it should cost (conv_cost.c). */
typedef struct Other { Choice way; double cost; } Other;

typedef struct Others {
    const Site *s;
    Other list[MOST_OTHERS];
    uint32_t n;
} Others;

/* c with that knob changed, if the kernel has it: narrow, which has no rule of its own, it has
 * always. */
static Choice with(Choice c, Knob k, int64_t x)
{
    if (c.knob[k] != KNOB_RULE || k == KNOB_narrow)
        c.knob[k] = x;
    return c;
}

/* A band of any number of rows can be computed; whether it fits, fuse_block knows. */
static bool can(const Site *s, const Choice *way)
{
    return s->kind == SITE_BAND ? true : s->kind == SITE_WINOGRAD ? winograd_can(s, way)
         : s->kind == SITE_CONV ? conv_can(s->target, &s->c, s->flat, way)
         : depthwise_can(&s->c, way);
}

/* A band's costs are its rows' distance from what it has: more or fewer, both a little. */
static double cost(const Site *s, const Choice *way)
{
    int64_t from = s->now.knob[KNOB_rows], to = way->knob[KNOB_rows];

    if (s->kind != SITE_BAND)
        return s->kind == SITE_CONV ? conv_cost(s, way)
             : s->kind == SITE_WINOGRAD ? winograd_cost(s, way) : depthwise_cost(s, way);
    return to == 0 ? 2 : from > to ? (double)from / (double)to : (double)to / (double)(from + 1);
}

/* What the kernel cannot do, or does already, is none. */
static void try_way(Others *o, Choice way)
{
    if (!memcmp(&way, &o->s->now, sizeof way) || !can(o->s, &way))
        return;
    for (uint32_t i = 0; i < o->n; i++)
        if (!memcmp(&way, &o->list[i].way, sizeof way))
            return;
    if (o->n < MOST_OTHERS)
        o->list[o->n++] = (Other){ way, cost(o->s, &way) };
}

/* Tiles whose sums, with the weights they meet, about fit into the registers, and not so few that
 * each must wait for the one before it. */
static void try_tiles(Others *o)
{
    const Target *t = o->s->target;
    int64_t panel = PANEL_WIDTH / t->width ? PANEL_WIDTH / t->width : 1;
    int64_t most = 4 * o->s->now.knob[KNOB_vectors];

    for (int64_t nv = panel; nv <= most; nv *= 2)
        for (int64_t m = 1; m <= LARGEST_TILE; m++)
            if ((m + 1) * nv <= t->registers && 2 * m * nv >= t->registers)
                try_way(o, with(with(o->s->now, KNOB_pixels, m), KNOB_vectors, nv));
}

/* Weights that are passed once come from afar, so that an order goes with how far ahead they are
 * fetched. */
static void try_orders(Others *o, Choice way)
{
    static const int64_t ahead[] = { 0, 8, 16, 32, 48, 96, 192 };

    try_way(o, way);
    for (size_t i = 0; i < sizeof ahead / sizeof ahead[0]; i++) {
        Choice w = with(way, KNOB_ahead, ahead[i]);
        try_way(o, with(w, KNOB_order, 0));
        try_way(o, with(with(w, KNOB_order, 1), KNOB_next, 0));
        try_way(o, with(with(w, KNOB_order, 1), KNOB_next, 1));
    }
}

/* Divisors of all pixels: parts of the image and parts of its rows. */
static void try_rows(Others *o)
{
    const ConvShape *c = &o->s->c;
    int64_t pixels = c->n * c->oh * c->ow;

    for (int64_t n = 1; n <= MOST_PARTS && o->s->flat; n++) {
        if (pixels % n == 0)
            try_orders(o, with(o->s->now, KNOB_row, pixels / n));
        if (c->ow % n == 0 && c->ow / n > 1)
            try_orders(o, with(o->s->now, KNOB_row, c->ow / n));
    }
}

/* Is there a piece of channels that a tile does not fill?  Only then the knob changes anything. */
static bool has_narrow(const Site *s)
{
    int64_t kg = s->c.k / s->c.groups;

    return kg % (s->now.knob[KNOB_vectors] * s->target->width) != 0;
}

/* All single knobs, and those pairs that go together; the rest is reached step by step. */
static void try_conv(Others *o)
{
    static const int64_t narrow[] = { 4, 6, 8, 10, 12, 14, 20, 28 };

    try_orders(o, o->s->now);
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0] && has_narrow(o->s); i++)
        try_way(o, with(o->s->now, KNOB_narrow, narrow[i]));
    try_tiles(o);
    try_rows(o);
}

/* From few columns, which leave registers empty, to more than there are: the compiler may know how
 * to spill them well. */
static void try_depthwise(Others *o)
{
    static const int64_t block[] = { 32, 48, 64, 96, 128, 192, 256 };

    for (size_t i = 0; i < sizeof block / sizeof block[0]; i++)
        if (block[i] < o->s->c.k)
            try_way(o, with(o->s->now, KNOB_block, block[i]));
    try_way(o, with(o->s->now, KNOB_block, o->s->c.k));
    for (int64_t m = 2; m <= LARGEST_TILE; m += m < 8 ? 2 : 1) {
        Choice w = with(o->s->now, KNOB_pixels, m);
        try_way(o, with(w, KNOB_order, 0));
        try_way(o, with(w, KNOB_order, 1));
    }
}

/* Tiles at a time are what the plan has memory for, or equal parts of it. */
static void try_winograd(Others *o)
{
    for (int64_t m = 2; m <= LARGEST_TILE; m++)
        for (int64_t parts = 1; parts <= 4 && parts <= o->s->under_way; parts *= 2) {
            Choice w = with(with(o->s->now, KNOB_pixels, m), KNOB_row, o->s->under_way / parts);
            try_way(o, with(w, KNOB_order, 0));
            try_way(o, with(w, KNOB_order, 1));
        }
}

/* 0: each layer by itself. */
static void try_band(Others *o)
{
    int64_t now = o->s->now.knob[KNOB_rows];
    const int64_t rows[] = { 0, 1, 2, 4, now / 4, now / 2, now + 1, now * 2, now * 4 };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_way(o, with(o->s->now, KNOB_rows, rows[i]));
}

/* Equal costs keep their order in the list, by the place in it. */
static int by_cost(const void *x, const void *y)
{
    const Other *a = x, *b = y;

    return a->cost != b->cost ? (a->cost > b->cost) - (a->cost < b->cost)
         : memcmp(&a->way, &b->way, sizeof a->way);
}

/* Texts live in a, which is the model's. */
static mnc_site describe(Arena *a, const Site *s)
{
    Others *o = arena_new(a, Others);
    const char **text;

    o->s = s;
    if (s->kind == SITE_BAND)
        try_band(o);
    else if (s->kind == SITE_WINOGRAD)
        try_winograd(o);
    else if (s->kind == SITE_CONV)
        try_conv(o);
    else
        try_depthwise(o);
    qsort(o->list, o->n, sizeof o->list[0], by_cost);
    text = arena_new_n(a, const char *, o->n);
    for (uint32_t i = 0; i < o->n; i++)
        text[i] = choice_text(a, &o->list[i].way);
    return (mnc_site){ { s->target->name, s->kernel, s->shape, choice_text(a, &s->now) },
                       s->layer, s->n, text, o->n };
}

/* Made when somebody asks: a compilation needs none of it. */
mnc_status mnc_sites(mnc_model *m, const mnc_site **list, size_t *n)
{
    mnc_site *out;

    PROTECT(m);
    if (!m->layers)
        return MNC_INVALID;
    out = arena_new_n(&m->arena, mnc_site, m->n_site + 1);
    for (size_t i = 0; i < m->n_site; i++)
        out[i] = describe(&m->arena, &m->site[i]);
    *list = out;
    *n = m->n_site;
    return MNC_OK;
}

/* Strings and list are the caller's. */
void mnc_set_choices(mnc_model *m, const mnc_choice *list, size_t n)
{
    m->options.choices = list;
    m->options.n_choices = n;
}
