/* SPDX-License-Identifier: Apache-2.0 */
/* nest: loops over strided operands, put into the order and number that runs fastest. */
#include "backend/nest.h"

#include <assert.h>
#include <string.h>

/* Operand 0 is the one that is written; the others are read. */
void nest_init(Nest *nest, uint32_t n_operand)
{
    memset(nest, 0, sizeof *nest);
    nest->n = n_operand;
}

/* Loops come outermost first.  A step counts elements, not bytes; 0 repeats the operand. */
void nest_add(Nest *nest, int64_t dim, const int64_t *steps)
{
    assert(nest->rank < NEST_RANK);
    nest->dim[nest->rank] = dim;
    for (uint32_t i = 0; i < nest->n; i++)
        nest->step[i][nest->rank] = steps[i];
    nest->rank++;
}

/* to <= from: loops only move outwards, over ones that are done with. */
static void move_loop(Nest *nest, uint32_t from, uint32_t to)
{
    nest->dim[to] = nest->dim[from];
    for (uint32_t i = 0; i < nest->n; i++)
        nest->step[i][to] = nest->step[i][from];
}

static void swap_loops(Nest *nest, uint32_t a, uint32_t b)
{
    Nest old = *nest;

    nest->dim[a] = old.dim[b];
    nest->dim[b] = old.dim[a];
    for (uint32_t i = 0; i < nest->n; i++) {
        nest->step[i][a] = old.step[i][b];
        nest->step[i][b] = old.step[i][a];
    }
}

/* A loop of one round takes no step: what its step would be does not matter, and it must not
 * keep its neighbours from being joined. */
static void drop_loops_of_one(Nest *nest)
{
    uint32_t n = 0;

    for (uint32_t k = 0; k < nest->rank; k++)
        if (nest->dim[k] != 1)
            move_loop(nest, k, n++);
    nest->rank = n;
}

/* Outermost the longest step of the result, so that it is written in the order of its
 * addresses.  The sort is stable (insertion): equal steps keep the order of the dimensions, and
 * so the output is the same on every machine. */
static void sort_loops(Nest *nest)
{
    for (uint32_t k = 1; k < nest->rank; k++)
        for (uint32_t j = k; j > 0 && nest->step[0][j - 1] < nest->step[0][j]; j--)
            swap_loops(nest, j - 1, j);
}

/* Loop k runs on into loop k+1: one step of k is the whole of k+1, for every operand. */
static bool runs_on(const Nest *nest, uint32_t outer, uint32_t inner)
{
    for (uint32_t i = 0; i < nest->n; i++)
        if (nest->step[i][outer] != nest->step[i][inner] * nest->dim[inner])
            return false;
    return true;
}

/* Invariant: loops 0 .. n-1 are joined, in order, and none runs on into the next; n <= k.  A
 * nest of rank 0 (a scalar) becomes one loop of one round: templates need not know of it. */
void nest_simplify(Nest *nest)
{
    static const int64_t none[NEST_OPERANDS];
    uint32_t n = 0;

    drop_loops_of_one(nest);
    sort_loops(nest);
    for (uint32_t k = 0; k < nest->rank; k++) {
        if (n && runs_on(nest, n - 1, k)) {
            int64_t outer = nest->dim[n - 1];
            move_loop(nest, k, n - 1);
            nest->dim[n - 1] *= outer;
        } else {
            move_loop(nest, k, n++);
        }
    }
    nest->rank = n;
    if (n == 0)
        nest_add(nest, 1, none);
}

/* Broadcasting as in numpy: shapes are aligned at their last dimension, and what is missing or
 * 1 repeats. */
void nest_elementwise(const Emit *e, Nest *nest, ValueId result, const ValueId *in, uint32_t n)
{
    const Shape *y = emit_shape(e, result);

    nest_init(nest, n + 1);
    for (uint32_t d = 0; d < y->rank; d++) {
        int64_t steps[NEST_OPERANDS] = { emit_place(e, result)->stride[d] };

        for (uint32_t i = 0; i < n; i++) {
            const Shape *x = emit_shape(e, in[i]);
            uint32_t skip = y->rank - x->rank;
            bool repeats = d < skip || (x->dim[d - skip] == 1 && y->dim[d] != 1);
            steps[i + 1] = repeats ? 0 : emit_place(e, in[i])->stride[d - skip];
        }
        nest_add(nest, y->dim[d], steps);
    }
    nest_simplify(nest);
}

/* names: for each operand the list that the template knows its steps by. */
void nest_vars(const Nest *nest, TmplVars *v, const char *const *names)
{
    tmpl_int(v, "RANK", nest->rank);
    tmpl_ints(v, "DIM", nest->dim, nest->rank);
    for (uint32_t i = 0; i < nest->n; i++)
        tmpl_ints(v, names[i], nest->step[i], nest->rank);
}

/* Lanes are rounds of the innermost loop: the result must lie side by side there, an operand
 * side by side or be the same for all lanes. */
bool nest_is_vector(const Nest *nest)
{
    uint32_t last = nest->rank - 1;

    for (uint32_t i = 0; i < nest->n; i++)
        if (nest->step[i][last] != 1 && (i == 0 || nest->step[i][last] != 0))
            return false;
    return true;
}
