/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_init: the first numbers of parameters that are made and not read.
 *
 * The generator is counter-based, so that a tensor's numbers depend on its name, its shape and the
 * spec's `seed` alone, and are the same bits on every machine: element i of the tensor NAME is made
 * from the 64 bits
 *     z = mix(XXH64(NAME, seed) + (i + 1) * 0x9e3779b97f4a7c15)      (rng_bits, splitmix64)
 * uniform: the upper 24 bits of z, centred in (-1, 1).  normal: the sum of the four 16-bit parts of
 * z (Irwin-Hall: normal to the eye, nothing beyond 3.5 deviations).  Both are scaled by one
 * multiplication in double, rounded once to float; there is no call of libm but sqrt.
 *
 * Variances: He (2015) 2 / fan; Glorot (2010) 2 / (fan_in + fan_out); LeCun (1998) 1 / fan.
 */
#include "frontend/mnet_run.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

static const struct Init {
    const char *name;
    bool normal;
    double gain;           /* variance times fan; 0: the argument is deviation or limit */
    bool both;             /* fan is the mean of fan_in and fan_out */
} inits[] = {
    { "he_normal", true, 2, false },     { "he_uniform", false, 2, false },
    { "glorot_normal", true, 1, true },  { "glorot_uniform", false, 1, true },
    { "lecun_normal", true, 1, false },  { "lecun_uniform", false, 1, false },
    { "normal", true, 0, false },        { "uniform", false, 0, false },
};

enum { N_INIT = sizeof inits / sizeof *inits };

/* NULL when there is none of that name. */
static const struct Init *find(const char *name)
{
    for (int i = 0; i < N_INIT; i++)
        if (!strcmp(inits[i].name, name))
            return &inits[i];
    return NULL;
}

size_t init_words(const char **names)
{
    for (int i = 0; i < N_INIT; i++)
        names[i] = inits[i].name;
    return N_INIT;
}

bool init_is_word(const char *name)
{
    return find(name) != NULL;
}

/* Four times the variance of 0..65535, (2^32 - 1) / 12, has this root. */
#define DEVIATION 37837.22723720648

/* p[n] with mean 0. */
static void fill_normal(float *p, int64_t n, uint64_t key, double deviation)
{
    double scale = deviation / DEVIATION;

    for (int64_t i = 0; i < n; i++) {
        uint64_t z = rng_bits(key, (uint64_t)i);
        int64_t sum = (int64_t)((z & 65535) + (z >> 16 & 65535) + (z >> 32 & 65535) + (z >> 48));
        p[i] = (float)((double)(sum - 131070) * scale);
    }
}

/* p[n] in (-limit, limit), symmetric: the numbers are odd multiples of a step, never 0. */
static void fill_uniform(float *p, int64_t n, uint64_t key, double limit)
{
    double scale = limit / 16777216;

    for (int64_t i = 0; i < n; i++) {
        int64_t odd = 2 * (int64_t)(rng_bits(key, (uint64_t)i) >> 40) + 1;  /* in (0, 2^25) */
        p[i] = (float)((double)(odd - 16777216) * scale);
    }
}

/* The stream of a tensor.  Its full name is part of it, so layers do not repeat each other. */
static uint64_t key_of(Mnet *m, const char *name)
{
    const Item *seed = mnet_find(m, intern(&m->names, "seed"));

    return XXH64(name, strlen(name), seed && seed->kind == I_INT ? (uint64_t)seed->u.i : 0);
}

/* Weights are (K,C/group,R,S) or (K,C): the elements that meet in one output, and the outputs that
 * one input element goes to. */
static double fan(const Shape *s, bool out)
{
    double field = 1;

    for (uint32_t i = 2; i < s->rank; i++)
        field *= (double)s->dim[i];
    return field * (double)(s->rank > 1 ? s->dim[out ? 0 : 1] : shape_count(s));
}

/* The deviation: by the rule of the initialiser, or its argument. */
static bool deviation(Mnet *m, const Expr *e, const struct Init *in, const Shape *s, double *out)
{
    const Expr *arg = e->kind == E_CALL ? e->kid : NULL;
    bool fan_out = arg && arg->kind == E_NAME && !strcmp(arg->name, "fan_out");
    bool fan_in = arg && arg->kind == E_NAME && !strcmp(arg->name, "fan_in");

    if (in->gain == 0) {
        if (arg && !arg->next)
            return mnet_float(m, arg, out);
        mnet_error(m, e->at, "%s needs one number: %s(0.01)", in->name, in->name);
        return false;
    }
    if (arg && (arg->next || in->both || !(fan_in || fan_out))) {
        mnet_error(m, arg->at, in->both ? "%s has no argument"
                   : "%s has the argument fan_in or fan_out", in->name);
        return false;
    }
    *out = sqrt(in->gain / (in->both ? (fan(s, false) + fan(s, true)) / 2 : fan(s, fan_out)));
    return true;
}

/* Zeros for all parameters, the same ones: who reads with blank puts others in their place. */
static const float *zeros(Mnet *m, int64_t n)
{
    if (n > m->n_blank) {
        m->blank = arena_new_n(m->arena, float, (size_t)n);
        m->n_blank = n;
    }
    return m->blank;
}

static const float *draw(Mnet *m, const Expr *e, const struct Init *in, const Shape *s,
                         const char *name)
{
    int64_t n = shape_count(s);
    double dev;
    float *p;

    if (m->o->blank)
        return zeros(m, n);
    if (!deviation(m, e, in, s, &dev) || !(p = mnet_room(m, e->at, s, DT_F32)))
        return NULL;
    if (in->normal)
        fill_normal(p, n, key_of(m, name), dev);
    else
        fill_uniform(p, n, key_of(m, name), in->gain != 0 ? sqrt(3) * dev : dev);
    return p;
}

/* A word may come from a variable: init = he_uniform in the head, w=init in the layers. */
const float *init_data(Mnet *m, const Expr *e, const Shape *s, const char *name)
{
    const Item *x = e->kind == E_NAME ? mnet_find(m, e->name) : NULL;
    const char *word = x && x->kind == I_WORD ? x->u.word : e->name;
    const struct Init *in = e->kind == E_NAME || e->kind == E_CALL ? find(word) : NULL;

    if (in)
        return draw(m, e, in, s, name);
    return e->kind == E_LIST ? mnet_data_list(m, e, DT_F32, shape_count(s))
                             : mnet_data_fill(m, e, DT_F32, s);
}
