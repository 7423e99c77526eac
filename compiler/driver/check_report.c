/* SPDX-License-Identifier: Apache-2.0 */
/* check_report: comparisons as a table or as JSON. */
#include "driver/check.h"

#include <string.h>

/* want's data is not kept, only what it is called and its shape. */
void add_comparison(Arena *a, CheckResult *r, const char *data, const RtTensor *want,
                    const RtDiff *diff)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 16;
        r->c = arena_resize(a, r->c, r->cap * sizeof *r->c, cap * sizeof *r->c);
        r->cap = cap;
    }
    r->c[r->n++] = (Comparison){ data, *want, *diff };
}

/* In the order in which things are computed: what comes behind is spoilt by what comes before. */
static const Comparison *first_bad(const CheckResult *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->c[i].diff.n_bad)
            return &r->c[i];
    return NULL;
}

bool check_holds(const CheckResult *r)
{
    return !first_bad(r);
}

/* The width of a column; long names stick out rather than push all others away. */
static int longest(const CheckResult *r, bool of_data)
{
    size_t most = 0;

    for (size_t i = 0; i < r->n; i++) {
        size_t n = strlen(of_data ? r->c[i].data : r->c[i].want.name);
        most = n > most ? n : most;
    }
    return (int)(most < 60 ? most : 60);
}

/* Row-major place i as coordinates: "(0,967)". */
static const char *place_text(Arena *a, const RtTensor *t, int64_t i)
{
    int64_t at[RT_MAX_RANK];

    for (int k = t->rank - 1; k >= 0; k--) {
        at[k] = i % t->dim[k];
        i /= t->dim[k];
    }
    return rt_shape_text(a, t->rank, at);
}

/* "ok", or how many elements are outside and which of them is the worst. */
static void put_verdict(Arena *a, const Comparison *c, Buf *out)
{
    const RtDiff *d = &c->diff;

    if (!d->n_bad) {
        buf_str(out, "  ok\n");
        return;
    }
    buf_printf(out, "  OUTSIDE at %lld of %lld", (long long)d->n_bad,
               (long long)rt_count(&c->want));
    buf_printf(out, ", worst at %s: %.9g instead of %.9g\n", place_text(a, &c->want, d->at), d->got,
               d->want);
}

/* The last line, for who reads no table. */
static void put_total(Arena *a, const CheckResult *r, Buf *out)
{
    const Comparison *bad = first_bad(r);
    const char *what = r->layers ? "layer" : "output", *s = r->n == 1 ? "" : "s";
    size_t n_bad = 0;

    for (size_t i = 0; i < r->n; i++)
        n_bad += r->c[i].diff.n_bad > 0;
    if (!bad)
        buf_printf(out, "%zu %s%s compared, all within tolerance\n", r->n, what, s);
    else if (r->layers)
        buf_printf(out, "%zu of %zu layers deviate, '%s' first\n", n_bad, r->n,
                   diag_quote(a, bad->want.name));
    else
        buf_printf(out, "%zu of %zu output%s outside the tolerance of %.3g + %.3g * |expected|\n",
                   n_bad, r->n, s, bad->diff.atol, bad->diff.rtol);
}

/* A line per comparison; the data set's name is left out where all lines have the same. */
bool check_text(Arena *a, const CheckResult *r, Diag *d)
{
    int data = longest(r, true), name = longest(r, false);
    Buf out;

    buf_init(&out, a);
    for (size_t i = 0; i < r->n; i++) {
        const Comparison *c = &r->c[i];
        if (!r->layers)
            buf_printf(&out, "%-*s  ", data, diag_quote(a, c->data));
        buf_printf(&out, "%-*s  %s %s  abs %.3g  rel %.3g", name, diag_quote(a, c->want.name),
                   rt_type_name(c->want.dtype), rt_shape_text(a, c->want.rank, c->want.dim),
                   c->diff.abs, c->diff.rel);
        if (rt_type(c->want.dtype)->kind == 'f')
            buf_printf(&out, "  ulp %.0f", c->diff.ulp);
        put_verdict(a, c, &out);
    }
    put_total(a, r, &out);
    return print_out(a, out.p, d);
}

/* Differences that are infinite or NaN are null; "outside" then says that something is wrong. */
static json_t *json_comparison(Arena *a, const Comparison *c)
{
    json_t *o = json_object();

    json_object_set_new(o, "data", json_text(a, c->data));
    json_object_set_new(o, "name", json_text(a, c->want.name));
    json_object_set_new(o, "dtype", json_string(rt_type_name(c->want.dtype)));
    json_object_set_new(o, "shape", json_shape(c->want.rank, c->want.dim));
    json_object_set_new(o, "max_abs", json_number(c->diff.abs));
    json_object_set_new(o, "max_rel", json_number(c->diff.rel));
    json_object_set_new(o, "max_ulp", json_number(c->diff.ulp));
    json_object_set_new(o, "atol", json_number(c->diff.atol));
    json_object_set_new(o, "rtol", json_number(c->diff.rtol));
    json_object_set_new(o, "outside", json_integer(c->diff.n_bad));
    json_object_set_new(o, "ok", json_boolean(c->diff.n_bad == 0));
    return o;
}

/* {"schema": 1, "model", "ok", "outputs": [comparison...]}; with --layers "layers" in its place,
 * and "first": the name of the first that deviates, or null. */
bool check_json(Arena *a, const CheckResult *r, Diag *d)
{
    json_t *root = json_object(), *list = json_array();
    const Comparison *bad = first_bad(r);

    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(list, json_comparison(a, &r->c[i]));
    json_object_set_new(root, "schema", json_integer(1));
    json_object_set_new(root, "model", json_text(a, r->model));
    json_object_set_new(root, "ok", json_boolean(!bad));
    json_object_set_new(root, r->layers ? "layers" : "outputs", list);
    if (r->layers)
        json_object_set_new(root, "first", bad ? json_text(a, bad->want.name) : json_null());
    return print_json(a, root, d);
}
