/* SPDX-License-Identifier: Apache-2.0 */
/* layout: gives every value its strides, and lets values share buffers.
 *
 * Images are kept channels last (N,H,W,C), because the convolution kernels put vector lanes along
 * the channels; everything else is row-major.  Ops that only move data become views: a Place in
 * their operand's buffer.  The operands of a concat are computed right where the concat wants
 * them.  Where a kernel needs another layout than a value has, an identity node is inserted that
 * is no view: its result has a buffer of its own, so it copies.
 *
 * in: a sorted graph.  out: job->plan with place[].  breaks SORTED (and restores it at its end).
 */
#include "ir/shape.h"
#include "passes/pass.h"

#include <string.h>

typedef struct Layout {
    Job *job;
    Graph *g;
    Plan *p;
    ValueId *copy;         /* channels-last copy of a value, once one was made */
    bool *seen;            /* somebody has a view into this value's buffer: it must stay put */
    uint32_t *output;      /* by owner: 1 + the output whose buffer is this one */
    uint32_t cap;
} Layout;

enum { FEW_CHANNELS = 4 }; /* a convolution over so few reads any layout as fast */

static Place *place(Layout *l, ValueId v)
{
    return &l->p->place[v.id];
}

static void reserve(Layout *l)
{
    uint32_t cap = l->cap ? l->cap : 1;

    while (cap < l->g->n_value)
        cap *= 2;
    if (cap == l->cap)
        return;
    l->p->place = arena_resize(l->g->arena, l->p->place, l->cap * sizeof(Place),
                               cap * sizeof(Place));
    l->copy = arena_resize(l->g->arena, l->copy, l->cap * sizeof(ValueId), cap * sizeof(ValueId));
    l->seen = arena_resize(l->g->arena, l->seen, l->cap, cap);
    l->output = arena_resize(l->g->arena, l->output, l->cap * sizeof(uint32_t),
                             cap * sizeof(uint32_t));
    l->cap = cap;
}

static ValueId new_value(Layout *l, const char *name, const Value *like)
{
    Value copy = *like;
    ValueId v = ir_value(l->g, name, VAL_TEMP, copy.dtype, &copy.shape, copy.pos);

    reserve(l);
    return v;
}

static void own_buffer(Layout *l, ValueId v, bool channels_last)
{
    Place *p = place(l, v);
    const Shape *s = &ir_val(l->g, v)->shape;

    p->kind = PLACE_ARENA;
    p->owner = v;
    p->offset = 0;
    if (channels_last && s->rank >= 3)
        plan_channels_last(s, p->stride);
    else
        plan_row_major(s, p->stride);
}

/* ---- views ---- */

static void view_of(Layout *l, ValueId y, ValueId x)
{
    l->seen[x.id] = l->seen[place(l, x)->owner.id] = true;
    *place(l, y) = *place(l, x);
}

static bool view_reshape(Layout *l, const Node *n)
{
    const Shape *from = &ir_val(l->g, n->in[0])->shape, *to = &ir_val(l->g, n->out[0])->shape;
    int64_t stride[IR_MAX_RANK] = { 0 };

    if (!plan_reshape(from, place(l, n->in[0])->stride, to, stride))
        return false;
    view_of(l, n->out[0], n->in[0]);
    memcpy(place(l, n->out[0])->stride, stride, sizeof stride);
    return true;
}

static bool view_transpose(Layout *l, const Node *n)
{
    const int64_t *perm = ir_ints(n, A_perm, NULL), *from = place(l, n->in[0])->stride;
    int64_t stride[IR_MAX_RANK] = { 0 };

    for (uint32_t i = 0; i < ir_val(l->g, n->out[0])->shape.rank; i++)
        stride[i] = from[perm[i]];
    view_of(l, n->out[0], n->in[0]);
    memcpy(place(l, n->out[0])->stride, stride, sizeof stride);
    return true;
}

static bool view_slice(Layout *l, const Node *n)
{
    const int64_t *start = ir_ints(n, A_start, NULL), *step = ir_ints(n, A_step, NULL);
    Place *p = place(l, n->out[0]);

    view_of(l, n->out[0], n->in[0]);
    for (uint32_t i = 0; i < ir_val(l->g, n->out[0])->shape.rank; i++) {
        p->offset += start[i] * p->stride[i];
        p->stride[i] *= step[i];
    }
    return true;
}

static bool view_split(Layout *l, const Node *n)
{
    int64_t axis = ir_int(n, A_axis), at = 0;

    for (uint32_t i = 0; i < n->n_out; i++) {
        view_of(l, n->out[i], n->in[0]);
        place(l, n->out[i])->offset += at * place(l, n->in[0])->stride[axis];
        at += ir_val(l->g, n->out[i])->shape.dim[axis];
    }
    return true;
}

/* Repeated dimensions get a stride of 0. */
static bool view_expand(Layout *l, const Node *n)
{
    const Shape *from = &ir_val(l->g, n->in[0])->shape, *to = &ir_val(l->g, n->out[0])->shape;
    const int64_t *x = place(l, n->in[0])->stride;
    int64_t stride[IR_MAX_RANK] = { 0 };
    uint32_t skip = to->rank - from->rank;

    for (uint32_t i = 0; i < from->rank; i++)
        stride[skip + i] = from->dim[i] == to->dim[skip + i] ? x[i] : 0;
    view_of(l, n->out[0], n->in[0]);
    memcpy(place(l, n->out[0])->stride, stride, sizeof stride);
    return true;
}

static bool try_view(Layout *l, const Node *n)
{
    switch (n->op) {
    case OP_identity: view_of(l, n->out[0], n->in[0]); return true;
    case OP_reshape: return view_reshape(l, n);
    case OP_transpose: return view_transpose(l, n);
    case OP_slice: return view_slice(l, n);
    case OP_split: return view_split(l, n);
    case OP_expand: return view_expand(l, n);
    default: return false;
    }
}

/* ---- layouts of results ---- */

static bool has_channels_last(Layout *l, ValueId v)
{
    const Shape *s = &ir_val(l->g, v)->shape;

    return s->rank >= 3 && s->dim[1] > 1 && place(l, v)->stride[1] == 1;
}

/* Which ops always have a row-major result; the others keep their operands' layout. */
static bool is_row_major_op(const Node *n)
{
    switch (n->op) {
    case OP_dense: case OP_matmul: case OP_gather: case OP_argmax: case OP_argmin:
    case OP_reshape: case OP_layer_norm: case OP_tile: case OP_bn_stats: case OP_bn_grad_sums:
    case OP_bn_total:
        return true;
    case OP_reduce_sum: case OP_reduce_mean: case OP_reduce_max: case OP_reduce_min:
    case OP_reduce_prod:
        return ir_int(n, A_keep) == 0;
    default:
        return false;
    }
}

static bool wants_channels_last(Layout *l, const Node *n)
{
    const Shape *y = &ir_val(l->g, n->out[0])->shape;

    if (n->op == OP_conv || n->op == OP_conv_transpose)
        return true;
    if (is_row_major_op(n))
        return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].id && ir_val(l->g, n->in[i])->shape.rank == y->rank
            && has_channels_last(l, n->in[i]))
            return true;
    return false;
}

/* ---- copies ---- */

static ValueId copy_node(Layout *l, ValueId x, ValueId y)
{
    Node *n;
    NodeSpec spec = { .op = OP_identity, .in = &x, .n_in = 1,
                      .out = (const char *[]){ "copy" }, .n_out = 1, .pos = ir_val(l->g, x)->pos };
    NodeId id = ir_add(l->g, &spec, l->job->d);

    reserve(l);
    n = ir_node(l->g, id);
    if (y.id) {                         /* the result is an existing value */
        n->out[0] = y;
        ir_val(l->g, y)->producer = id;
    }
    return n->out[0];
}

/* Operand i of the node, channels last: as it is, or a copy that all its readers share. */
static void need_channels_last(Layout *l, NodeId id, uint32_t i)
{
    ValueId x = ir_node(l->g, id)->in[i];

    if (has_channels_last(l, x) || ir_val(l->g, x)->shape.dim[1] == 1)
        return;
    if (!l->copy[x.id].id) {
        ValueId y = copy_node(l, x, (ValueId){ 0 });
        l->copy[x.id] = y;
        own_buffer(l, y, true);
    }
    ir_node(l->g, id)->in[i] = l->copy[x.id];
}

/* ---- weights that are known only as it runs ---- */

/* Could a kernel that wants weights packed compute n?  Every output must see the image: then each
 * row can be cut into tiles.  Depthwise kernels want their taps outside, which strides can say. */
static bool takes_packed(Layout *l, const Node *n, bool *depthwise)
{
    const Shape *w = &ir_val(l->g, n->in[1])->shape;
    int64_t group = n->op == OP_dense ? 1 : ir_int(n, A_group);

    *depthwise = group > 1 && w->dim[1] == 1 && w->dim[0] == group;
    if (n->op == OP_conv_transpose)
        return *depthwise;
    for (uint32_t d = 0; d + 2 < w->rank; d++) {
        int64_t reach = (w->dim[2 + d] - 1) * ir_ints(n, A_dilation, NULL)[d];
        const int64_t *pad = ir_ints(n, A_pad, NULL);
        if (pad[d] > reach || pad[w->rank - 2 + d] > reach)
            return false;
    }
    return group == 1 || *depthwise;
}

/* The operand becomes a copy of it in the kernel's order. */
static void pack_weights(Layout *l, NodeId id)
{
    Op op = ir_node(l->g, id)->op;
    bool depthwise;
    ValueId w, y;
    Place *p;

    if (l->job->options->plain || (op != OP_conv && op != OP_dense && op != OP_conv_transpose))
        return;
    w = ir_node(l->g, id)->in[1];
    if (ir_is_const(l->g, w) || ir_val(l->g, w)->dtype != DT_F32
        || ir_val(l->g, w)->shape.rank > 4 || !takes_packed(l, ir_node(l->g, id), &depthwise))
        return;
    y = copy_node(l, w, (ValueId){ 0 });
    own_buffer(l, y, false);
    p = place(l, y);
    if (depthwise)
        plan_taps_outside(&ir_val(l->g, y)->shape, false, p->stride);
    else
        p->format = FORMAT_PANELS;
    ir_node(l->g, id)->in[1] = y;
}

/* ---- vectors of channels ---- */

/* The kernels of batch norms take these, and sums in parts, as they lie by themselves. */
static bool takes_dense(const Node *n, uint32_t i)
{
    switch (n->op) {
    case OP_bn_merge: case OP_bn_total: case OP_bn_factor: case OP_bn_grad_fold:
    case OP_bn_track:
        return true;
    case OP_bn_apply: case OP_bn_grad_sums:
        return i >= 1 && i <= 3;
    case OP_bn_grad:
        return i >= 1 && i <= 5;
    default:
        return false;
    }
}

static void make_dense(Layout *l, NodeId id)
{
    for (uint32_t i = 0; i < ir_node(l->g, id)->n_in; i++) {
        ValueId x = ir_node(l->g, id)->in[i], y;
        if (!takes_dense(ir_node(l->g, id), i)
            || plan_is_row_major(&ir_val(l->g, x)->shape, place(l, x)->stride))
            continue;
        y = copy_node(l, x, (ValueId){ 0 });
        own_buffer(l, y, false);
        ir_node(l->g, id)->in[i] = y;
    }
}

static void prepare_operands(Layout *l, NodeId id)
{
    const Node *n = ir_node(l->g, id);
    const Shape *x = &ir_val(l->g, n->in[0])->shape;
    bool residual = ir_in(n, 3).id != 0;

    if (n->op == OP_conv_grad && x->rank > 2) {
        if (x->dim[1] >= FEW_CHANNELS)
            need_channels_last(l, id, 0);
        need_channels_last(l, id, 1);
    } else if (n->op == OP_max_pool_grad && x->dim[1] >= FEW_CHANNELS
               && plan_is_channels_last(x, place(l, n->in[0])->stride)) {
        need_channels_last(l, id, 1);
    }
    if (n->op != OP_conv)
        return;
    if (x->rank <= 4
        && x->dim[1] / ir_int(n, A_group) * (ir_int(n, A_group) > 1 ? FEW_CHANNELS : 1)
           >= FEW_CHANNELS)
        need_channels_last(l, id, 0);        /* moves the graph's nodes: n is dead */
    if (residual)
        need_channels_last(l, id, 3);
}

/* ---- concat: its operands move into its buffer ---- */

static bool can_move(Layout *l, ValueId x, ValueId y)
{
    const Place *p = place(l, x);
    const Value *v = ir_val(l->g, x);
    Op op = v->producer.id ? ir_node(l->g, v->producer)->op : OP_none;
    bool last = plan_is_channels_last(&v->shape, p->stride);

    return p->kind == PLACE_ARENA && p->owner.id == x.id && !l->seen[x.id] && op
        && !ir_is_output(l->g, x) && !(op_info[op].flags & VIEW)
        && op != OP_bn_stats && op != OP_bn_grad_sums && op != OP_bn_total
        && (plan_is_channels_last(&ir_val(l->g, y)->shape, place(l, y)->stride)
            ? last : plan_is_row_major(&v->shape, p->stride));
}

static void move_operands(Layout *l, const Node *n)
{
    ValueId y = n->out[0];
    int64_t axis = ir_int(n, A_axis), at = 0;

    for (uint32_t i = 0; i < n->n_in; i++) {
        ValueId x = n->in[i];
        if (can_move(l, x, y)) {
            *place(l, x) = *place(l, y);
            place(l, x)->offset = at * place(l, y)->stride[axis];
            l->seen[x.id] = l->seen[y.id] = true;
        }
        at += ir_val(l->g, x)->shape.dim[axis];
    }
}

/* ---- outputs ---- */

/* Can the caller's buffer be the buffer of v's owner?  v must be all of it, row-major. */
static bool fills_buffer(Layout *l, ValueId v)
{
    const Place *p = place(l, v);
    const Value *val = ir_val(l->g, v), *own = ir_val(l->g, p->owner);

    return p->kind == PLACE_ARENA && p->offset == 0 && plan_is_row_major(&val->shape, p->stride)
        && shape_count(&val->shape) == shape_count(&own->shape);
}

static void swap_names(Graph *g, ValueId a, ValueId b)
{
    Sym name = ir_val(g, a)->name;

    ir_val(g, a)->name = ir_val(g, b)->name;
    ir_val(g, b)->name = name;
}

/* v is output number index.  Where it cannot be computed in the caller's buffer, the output is a
 * copy of it, which takes over the name that the caller knows; an input keeps its own, and so does
 * what is an output already. */
static void place_output(Layout *l, ValueId v, uint32_t index)
{
    ValueId owner = place(l, v)->owner, y;
    uint32_t taken = l->output[owner.id];

    if (!taken && fills_buffer(l, v)) {
        l->output[owner.id] = index + 1;
        return;
    }
    y = new_value(l, ir_val(l->g, v)->name, ir_val(l->g, v));
    if (ir_val(l->g, v)->kind != VAL_INPUT && (!taken || l->g->output[taken - 1].id != v.id))
        swap_names(l->g, v, y);
    copy_node(l, v, y);
    own_buffer(l, y, false);
    l->g->output[index] = y;
    l->output[y.id] = index + 1;
}

static void place_outputs(Layout *l)
{
    for (uint32_t i = 0; i < l->g->n_output; i++)
        place_output(l, l->g->output[i], i);
    for (uint32_t i = 1; i < l->g->n_value; i++) {
        Place *p = &l->p->place[i];
        uint32_t number = l->output[p->owner.id];
        if (p->kind == PLACE_ARENA && number) {
            p->kind = PLACE_OUTPUT;
            p->index = number - 1;
        }
    }
}

/* ---- the walk ---- */

/* A weight gradient lies as its kernel writes it: vectors along the inputs, or along the outputs
 * where there are few inputs. */
static void place_conv_grad(Layout *l, const Node *n)
{
    const Shape *w = &ir_val(l->g, n->out[0])->shape;
    int64_t group = ir_int(n, A_group);

    if (group == 1 || (w->dim[1] == 1 && w->dim[0] == group))
        plan_taps_outside(w, group == 1 && w->dim[1] > FEW_CHANNELS,
                          place(l, n->out[0])->stride);
}

static void place_results(Layout *l, NodeId id)
{
    const Node *n = ir_node(l->g, id);
    bool last;

    if (op_info[n->op].flags & UPDATES) {
        for (uint32_t i = 0; i < n->n_out; i++)
            view_of(l, n->out[i], n->in[i]);
        return;
    }
    if (op_info[n->op].flags & VIEW && try_view(l, n))
        return;
    last = wants_channels_last(l, n);
    for (uint32_t i = 0; i < n->n_out; i++)
        own_buffer(l, n->out[i], last);
    if (n->op == OP_concat)
        move_operands(l, n);
    else if (n->op == OP_conv_grad)
        place_conv_grad(l, n);
}

static void place_given(Layout *l)
{
    for (uint32_t i = 0; i < l->g->n_input; i++) {
        ValueId v = l->g->input[i];
        own_buffer(l, v, false);
        place(l, v)->kind = PLACE_INPUT;
        place(l, v)->index = i;
    }
    for (uint32_t i = 1; i < l->g->n_value; i++)
        if (l->g->value[i].data) {
            own_buffer(l, (ValueId){ i }, false);
            l->p->place[i].kind = PLACE_WEIGHTS;
        } else if (l->g->value[i].kind == VAL_STATE) {
            state_check(l->job->state, &l->g->value[i], l->job->d);
            own_buffer(l, (ValueId){ i }, false);
            l->p->place[i].kind = PLACE_STATE;
        }
}

bool pass_layout(Job *job)
{
    Layout l = { .job = job, .g = job->g };
    uint32_t n = job->g->n_node;

    l.p = job->plan = arena_new(job->g->arena, Plan);
    reserve(&l);
    place_given(&l);
    for (uint32_t i = 1; i < n; i++) {
        if (!job->g->node[i].op)
            continue;
        prepare_operands(&l, (NodeId){ i });
        pack_weights(&l, (NodeId){ i });
        make_dense(&l, (NodeId){ i });
        place_results(&l, (NodeId){ i });
    }
    place_outputs(&l);
    l.p->n_place = l.cap;
    return ir_sort(job->g);
}
