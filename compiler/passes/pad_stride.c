/* SPDX-License-Identifier: Apache-2.0 */
/* pad_stride: moves the pixels of an image apart where they share few sets of a cache.
 *
 * A cache of 64 sets has the same set for all lines at a distance of 4096 bytes.  Pixels of 256,
 * 512 or 1024 channels side by side meet in 4, 2 or 1 of them, with 8 to 12 ways: what a kernel
 * reads of the pixels of a few rows does not stay in the L1 cache, however little it is.  A line
 * more between two pixels spreads them over all sets: doc/kernels.md has what it gains.
 *
 * Only images between convolutions: others may count on results without gaps.  A limit on the
 * arena comes first.
 *
 * needs LAYOUT; breaks MEMORY.
 */
#include "passes/pass.h"

#include <string.h>

enum { LINE = 16, FEWEST_PIXELS = 16 };      /* floats */

/* Is operand k of the node read pixel by pixel, whatever the distance? */
static bool reads_pixels(const Node *n, uint32_t k)
{
    return n->op == OP_conv ? k == 0 || k == 3 : n->op == OP_reduce_mean;
}

/* By value: no convolution has made it, or somebody counts on how it lies now. */
static bool *find_fixed(const Job *job)
{
    const Graph *g = job->g;
    bool *fixed = arena_new_n(g->arena, bool, g->n_value);

    memset(fixed, true, g->n_value);
    for (uint32_t i = 1; i < g->n_node; i++)
        if (g->node[i].op == OP_conv)
            fixed[g->node[i].out[0].id] = false;
    for (uint32_t i = 1; i < g->n_value; i++)
        if (job->plan->place[i].owner.id != i)
            fixed[job->plan->place[i].owner.id] = true;
    for (uint32_t i = 1; i < g->n_node; i++)
        for (uint32_t k = 0; g->node[i].op && k < g->node[i].n_in; k++)
            if (!reads_pixels(&g->node[i], k))
                fixed[g->node[i].in[k].id] = true;
    return fixed;
}

/* Has it pixels, side by side in a buffer of its own, at such a distance? */
static bool has_few_sets(const Value *v, const Place *p, uint32_t id)
{
    const Shape *s = &v->shape;

    return p->kind == PLACE_ARENA && p->owner.id == id && p->offset == 0 && v->dtype == DT_F32
        && s->rank >= 3 && plan_is_channels_last(s, p->stride) && s->dim[1] % PLAN_FEW_SETS == 0
        && shape_count(s) / s->dim[1] >= FEWEST_PIXELS;
}

bool pass_pad_stride(Job *job)
{
    bool *fixed;

    if (job->state || job->options->max_ram)
        return true;
    fixed = find_fixed(job);
    for (uint32_t i = 1; i < job->g->n_value; i++) {
        const Value *v = ir_val(job->g, (ValueId){ i });
        Place *p = &job->plan->place[i];
        int64_t pixel = v->shape.dim[1] + LINE;
        if (fixed[i] || !has_few_sets(v, p, i))
            continue;
        for (uint32_t d = 0; d < v->shape.rank; d++)
            if (d != 1)
                p->stride[d] = p->stride[d] / v->shape.dim[1] * pixel;
    }
    return true;
}
