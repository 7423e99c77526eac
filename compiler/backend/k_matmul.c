/* SPDX-License-Identifier: Apache-2.0 */
/* k_matmul: products of matrices, numpy's rules: (..., M, K) x (..., K, N), the leading dimensions
 * broadcast; an operand of one dimension is a row on the left, a column on the right.
 *
 * f32 goes by register tiles.  These want the columns of b side by side; where they are not (b is
 * a transposed view, say), a panel of b at a time is packed on the stack.  A panel is not as deep
 * as b may be, but the sums go on from panel to panel, so that the bits are those of one loop. */
#include "backend/kernels.h"

#include <string.h>

enum { MOST_DEPTH = 128 };                    /* rows of a panel: 16 KB at 32 columns */

/* (M,K) x (K,N) -> (M,N), with the steps along each dimension of a, b, y. */
typedef struct Product {
    Nest batch;                               /* y, a, b */
    int64_t m, n, k, am, ak, bk, bn, ym, yn;
    bool turned;                              /* a is operand 1, b operand 0 */
} Product;

/* The dimension `back` places before the last one, of an operand that may have fewer. */
static int64_t step_at(const Emit *e, ValueId v, uint32_t back)
{
    uint32_t rank = emit_shape(e, v)->rank;

    return back < rank ? emit_place(e, v)->stride[rank - 1 - back] : 0;
}

/* The last two dimensions of each; that of a vector is K, and M or N is 1. */
static void find_matrices(const Emit *e, const Node *n, Product *p)
{
    const Shape *a = emit_shape(e, n->in[0]), *b = emit_shape(e, n->in[1]);
    bool row = a->rank == 1, column = b->rank == 1;
    ValueId y = n->out[0];

    p->m = row ? 1 : a->dim[a->rank - 2];
    p->k = a->dim[a->rank - 1];
    p->n = column ? 1 : b->dim[b->rank - 1];
    p->am = step_at(e, n->in[0], 1);
    p->ak = step_at(e, n->in[0], 0);
    p->bk = step_at(e, n->in[1], column ? 0 : 1);
    p->bn = column ? 0 : step_at(e, n->in[1], 0);
    p->ym = row ? 0 : step_at(e, y, column ? 0 : 1);
    p->yn = column ? 0 : step_at(e, y, 0);
}

/* The step of leading dimension d of `lead` in an operand; 0 where it is repeated. */
static int64_t lead_step(const Emit *e, ValueId v, uint32_t lead, uint32_t d)
{
    const Shape *s = emit_shape(e, v);
    uint32_t own = s->rank > 2 ? s->rank - 2 : 0;

    if (d + own < lead || s->dim[d + own - lead] == 1)
        return 0;
    return emit_place(e, v)->stride[d + own - lead];
}

/* The leading dimensions as loops around the product. */
static void find_batch(const Emit *e, const Node *n, Product *p)
{
    const Shape *a = emit_shape(e, n->in[0]), *b = emit_shape(e, n->in[1]);
    const Shape *y = emit_shape(e, n->out[0]);
    uint32_t rank = a->rank > b->rank ? a->rank : b->rank, lead = rank > 2 ? rank - 2 : 0;

    nest_init(&p->batch, 3);
    for (uint32_t d = 0; d < lead; d++)
        nest_add(&p->batch, y->dim[d], (int64_t[]){ emit_place(e, n->out[0])->stride[d],
                 lead_step(e, n->in[0], lead, d), lead_step(e, n->in[1], lead, d) });
    nest_simplify(&p->batch);
}

/* One loop over products with the same right side is just more rows. */
static void batch_to_rows(Product *p)
{
    Nest *b = &p->batch;

    if (b->rank != 1 || b->dim[0] == 1 || b->step[2][0] != 0
        || (p->m > 1 && (b->step[0][0] != p->m * p->ym || b->step[1][0] != p->m * p->am)))
        return;
    if (p->m == 1) {
        p->ym = b->step[0][0];
        p->am = b->step[1][0];
    }
    p->m *= b->dim[0];
    b->dim[0] = 1;
}

/* A single column, as a product with a vector has it, becomes a single row: y^T = b^T a^T. */
static void column_to_row(Product *p)
{
    Product old = *p;

    if (p->n != 1 || p->m == 1)
        return;
    p->m = old.n, p->n = old.m;
    p->am = old.bn, p->ak = old.bk, p->bk = old.ak, p->bn = old.am;
    p->ym = old.yn, p->yn = old.ym;
    p->turned = true;
    for (uint32_t d = 0; d < p->batch.rank; d++) {
        p->batch.step[1][d] = old.batch.step[2][d];
        p->batch.step[2][d] = old.batch.step[1][d];
    }
}

/* See the template. */
static const char *mode(const Emit *e, DType t, const Product *p)
{
    if (e->plain || t != DT_F32 || p->yn != 1 || p->k == 0)
        return "plain";
    return p->bn == 1 ? "direct" : "packed";
}

/* m x n elements, of which the last columns may fill a vector partly.  Panels have the width of a
 * whole tile, however many of their columns are used. */
static int64_t tile_function(Emit *e, const Product *p, int64_t m, int64_t n)
{
    int64_t vw = e->target->width, nv = (n + vw - 1) / vw;
    TmplVars *v = tmpl_vars(e->arena);
    const IntVar vars[] = {
        { "M", m }, { "NV", nv }, { "VW", vw }, { "LAST", n - (nv - 1) * vw }, { "AM", p->am },
        { "AK", p->ak }, { "BK", p->bn == 1 ? p->bk : e->target->tile_v * vw }, { "YM", p->ym },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    return emit_function_number(e, "matmul_tile.c.t", "product", v);
}

/* The numbers of the tile functions that the product needs; 0 for the others.  False: failed. */
static bool set_tiles(Emit *e, const Product *p, bool tiled, TmplVars *v)
{
    int64_t mt = p->m < e->target->tile_m ? p->m : e->target->tile_m, m[] = { mt, p->m % mt };
    int64_t nt = e->target->tile_v * e->target->width, n[] = { p->n < nt ? 0 : nt, p->n % nt };
    static const char *const names[2][2] = { { "FULL", "RIGHT" }, { "LOW", "CORNER" } };
    bool ok = true;

    tmpl_int(v, "MT", mt);
    tmpl_int(v, "NT", nt);
    tmpl_int(v, "DEPTH", p->k < MOST_DEPTH ? p->k : MOST_DEPTH);
    tmpl_int(v, "WIDE", p->n / nt > p->m / mt);
    tmpl_word(v, "TILE", arena_printf(e->arena, "product_%s", e->target->suffix));
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            bool need = tiled && m[i] && n[j];
            int64_t number = need ? tile_function(e, p, m[i], n[j]) : 0;
            tmpl_int(v, names[i][j], number);
            ok = ok && (number || !need);
        }
    return ok;
}

/* Integers wrap around, which unsigned ones may. */
static void set_types(DType t, TmplVars *v)
{
    tmpl_word(v, "T", dtype_info[t].c);
    tmpl_word(v, "ACC", t == DT_F32 || t == DT_F64 ? dtype_info[t].c : "uint64_t");
    tmpl_word(v, "SUM", t == DT_F32 ? "s_fma(p, q, sum)" : t == DT_F64 ? "d_fma(p, q, sum)"
                        : "sum + (uint64_t)p * (uint64_t)q");
}

/* Everything that the loops around the tiles need: sizes, steps, the batch as a nest. */
static void set_sizes(const Product *p, TmplVars *v)
{
    const IntVar vars[] = {
        { "M", p->m }, { "N", p->n }, { "K", p->k }, { "AM", p->am }, { "AK", p->ak },
        { "BK", p->bk }, { "BN", p->bn }, { "YM", p->ym }, { "YN", p->yn },
    };

    emit_int_vars(v, vars, sizeof vars / sizeof vars[0]);
    nest_vars(&p->batch, v, (const char *[]){ "Y", "A", "B" });
}

/* The three rewritings change which loop is which, never a sum: the order along K stays. */
bool emit_matmul(Emit *e, const Node *n)
{
    DType t = ir_val(e->g, n->in[0])->dtype;
    TmplVars *v = tmpl_vars(e->arena);
    const char *fn, *how;
    Product p = { .turned = false };

    find_matrices(e, n, &p);
    find_batch(e, n, &p);
    batch_to_rows(&p);
    column_to_row(&p);
    how = mode(e, t, &p);
    set_sizes(&p, v);
    set_types(t, v);
    tmpl_word(v, "MODE", how);
    if (!set_tiles(e, &p, strcmp(how, "plain") != 0, v))
        return false;
    fn = emit_function(e, "matmul.c.t", "matmul", v);
    if (fn)
        emit_call_parts(e, fn, (const char *[]){ emit_in(e, n->in[p.turned]),
                                                 emit_in(e, n->in[!p.turned]),
                                                 emit_out(e, n->out[0]) }, 3);
    return fn != NULL;
}
