/* SPDX-License-Identifier: Apache-2.0 */
/* band: see the header.
 *
 * A layer that makes step rows at a time reads (step - 1) * stride + span rows at once, so these
 * must be there together.  A residual operand must wait longer: until the layers between have made
 * the rows that it is added to, for which they read ahead of them, each by span - 1 - pad rows.
 */
#include "ir/band.h"
#include "ir/count.h"

/* Attributes have a number for each spatial dimension, rows before columns. */
Rows rows_of(const Graph *g, const Node *n)
{
    return (Rows){ ir_ints(n, A_stride, NULL)[0], ir_ints(n, A_pad, NULL)[0],
                   ir_val(g, n->in[1])->shape.dim[2], ir_val(g, n->in[0])->shape.dim[2],
                   ir_val(g, n->out[0])->shape.dim[2] };
}

/* Rows that node k of the band makes at a time. */
static int64_t step_of(const Graph *g, const Band *b, uint32_t k)
{
    for (; b->first + k < b->last; k++) {
        Rows next = rows_of(g, &g->node[b->first + k + 1]);
        if (!rows_alike(&next))
            break;
    }
    return b->rows[k];
}

/* How far the rows of node j are ahead when node k makes its own; all of them where there are
 * strides between. */
static int64_t rows_ahead(const Graph *g, const Band *b, uint32_t j, uint32_t k)
{
    int64_t ahead = step_of(g, b, k);

    for (uint32_t i = j + 1; i <= k; i++) {
        Rows r = rows_of(g, &g->node[b->first + i]);
        if (r.stride != 1)
            return INT64_MAX;
        ahead += r.span - 1 - r.pad;
    }
    return ahead;
}

/* Node k adds a result of the band to its own. */
static void keep_residual(const Graph *g, const Band *b, uint32_t k, int64_t *ring)
{
    ValueId s = ir_in(&g->node[b->first + k], 3);

    for (uint32_t j = 0; s.id && j < k; j++)
        if (g->node[b->first + j].out[0].id == s.id) {
            int64_t ahead = rows_ahead(g, b, j, k);
            ring[j] = ahead > ring[j] ? ahead : ring[j];
        }
}

void band_rings(const Graph *g, const Band *b, int64_t *ring)
{
    uint32_t last = b->last - b->first;

    for (uint32_t k = 0; k < last; k++) {
        Rows next = rows_of(g, &g->node[b->first + k + 1]);
        ring[k] = (step_of(g, b, k + 1) - 1) * next.stride + next.span;
    }
    for (uint32_t k = 1; k <= last; k++)
        keep_residual(g, b, k, ring);
    for (uint32_t k = 0; k < last; k++) {
        int64_t all = ir_val(g, g->node[b->first + k].out[0])->shape.dim[2];
        ring[k] = ring[k] < all ? ring[k] : all;
    }
    ring[last] = 0;
}

/* Where n rows of a result are made twice, n * stride + span - stride rows of its operand are. */
int64_t band_again(const Graph *g, const Band *b)
{
    int64_t rows = 0, macs = 0;

    for (uint32_t i = b->last; i-- > b->first;) {
        Rows next = rows_of(g, &g->node[i + 1]), own = rows_of(g, &g->node[i]);
        rows = rows * next.stride + next.span - next.stride;
        rows = rows < 0 ? 0 : rows > own.out ? own.out : rows;
        if (__builtin_add_overflow(macs, count_macs(g, &g->node[i]) / own.out * rows, &macs))
            return INT64_MAX;
    }
    return macs;
}
