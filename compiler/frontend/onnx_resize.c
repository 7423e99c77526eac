/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_resize: Resize in all its opsets, and Upsample.
 *
 * Opset 7 and 9 (Upsample) and 10 (Resize) have scales, asymmetric coordinates and, for nearest,
 * the pixel below.  Since opset 11 there are scales or sizes, and the modes are attributes; since
 * opset 18 both may be for some axes only, and sizes may keep the aspect ratio.
 *
 * A pixel of the result finds its place in x by out / in, or by the scale that the file gives,
 * which is not the same when in * scale is no whole number: our op then has the scales as an
 * operand.
 */
#include "frontend/onnx_import.h"

#include <math.h>
#include <string.h>

typedef struct Resize {
    Shape in, out;                   /* out: the result's, as far as it has been read */
    float scale[IR_MAX_RANK];        /* 1 for dimensions that stay */
    bool has_scale;                  /* the coordinates follow from scale, not from out / in */
    const char *mode, *coord, *nearest;
} Resize;

/* Which dimension entry i of scales or sizes is for; count: how many there must be. */
static bool read_axes(OnnxNode *n, const Resize *r, uint32_t *axis, uint32_t *count)
{
    Ints axes = n->opset < 18 ? (Ints){ NULL, 0, false } : onnx_ints(n, "axes");

    *count = axes.given ? axes.n : r->in.rank;
    if (*count > IR_MAX_RANK) {
        onnx_error(n, "has %u axes", *count);
        return false;
    }
    for (uint32_t i = 0; i < *count; i++)
        if (!onnx_axis(n, axes.given ? axes.v[i] : i, r->in.rank, &axis[i]))
            return false;
    return !onnx_failed(n);
}

/* floor(in * scale), the product in float as ONNX Runtime and ONNX's shape inference have it */
static bool set_scale(OnnxNode *n, Resize *r, uint32_t axis, double scale)
{
    float out = floorf((float)r->in.dim[axis] * (float)scale);

    if (!(scale > 0) || !(out >= 0 && out <= (float)INT32_MAX)) {
        onnx_error(n, "has the scale %g for axis %u", scale, axis);
        return false;
    }
    r->scale[axis] = (float)scale;
    r->out.dim[axis] = (int64_t)out;
    return true;
}

/* The sizes follow from the scales. */
static bool use_scales(OnnxNode *n, Resize *r, const double *scale, uint32_t count)
{
    uint32_t axis[IR_MAX_RANK], expected;

    if (!read_axes(n, r, axis, &expected))
        return false;
    if (count != expected) {
        onnx_error(n, "has %u scales; %u are expected", count, expected);
        return false;
    }
    r->has_scale = true;
    for (uint32_t i = 0; i < count; i++)
        if (!set_scale(n, r, axis[i], scale[i]))
            return false;
    return true;
}

/* One scale for all axes, the smallest (largest) that the sizes ask for; sizes are rounded. */
static bool keep_ratio(OnnxNode *n, Resize *r, const uint32_t *axis, Ints sizes, bool larger)
{
    double scale = 0;                /* the one that decides */

    for (uint32_t i = 0; i < sizes.n; i++) {
        double s = (double)sizes.v[i] / (double)r->in.dim[axis[i]];
        if (i == 0 || (larger ? s > scale : s < scale))
            scale = s;
    }
    r->has_scale = true;
    for (uint32_t i = 0; i < sizes.n; i++) {
        if (!set_scale(n, r, axis[i], scale))
            return false;
        /* not floor, as with scales: to the nearest, halves up */
        r->out.dim[axis[i]] = (int64_t)floor(scale * (double)r->in.dim[axis[i]] + 0.5);
    }
    return true;
}

/* The sizes as they are, or as the aspect ratio allows. */
static bool use_sizes(OnnxNode *n, Resize *r, Ints sizes)
{
    const char *policy = n->opset < 18 ? "stretch"
                                       : onnx_word(n, "keep_aspect_ratio_policy", "stretch");
    uint32_t axis[IR_MAX_RANK], expected;
    bool larger = !strcmp(policy, "not_smaller");

    if (!read_axes(n, r, axis, &expected))
        return false;
    if (sizes.n != expected) {
        onnx_error(n, "has %u sizes; %u are expected", sizes.n, expected);
        return false;
    }
    for (uint32_t i = 0; i < sizes.n; i++) {
        if (sizes.v[i] < 1 || sizes.v[i] > INT32_MAX || r->in.dim[axis[i]] < 1) {
            onnx_error(n, "has the size %lld for axis %u", (long long)sizes.v[i], axis[i]);
            return false;
        }
        r->out.dim[axis[i]] = sizes.v[i];
    }
    if (!strcmp(policy, "stretch"))
        return true;
    if (!larger && strcmp(policy, "not_larger")) {
        onnx_error(n, "keep_aspect_ratio_policy is '%s'", diag_quote(n->m->a, policy));
        return false;
    }
    return keep_ratio(n, r, axis, sizes, larger);
}

/* cubic is refused. */
static bool read_mode(OnnxNode *n, Resize *r)
{
    r->mode = onnx_word(n, "mode", "nearest");
    if (!strcmp(r->mode, "bilinear"))            /* as some old files call it */
        r->mode = "linear";
    if (!strcmp(r->mode, "nearest") || !strcmp(r->mode, "linear"))
        return true;
    onnx_error(n, "mode is '%s'; nearest or linear are supported", diag_quote(n->m->a, r->mode));
    return false;
}

/* (i + 0.5) / scale, half a pixel above half_pixel: what is below the one is nearest to the
 * other. */
static bool tensorflow_nearest(Resize *r)
{
    bool below = !strcmp(r->nearest, "floor");

    if (strcmp(r->mode, "nearest") || (!below && strcmp(r->nearest, "round_prefer_floor")))
        return false;
    r->coord = "half_pixel";
    r->nearest = below ? "round_prefer_ceil" : "ceil";
    return true;
}

/* How a pixel of the result finds its place in x; the names are those of our op. */
static bool read_coordinates(OnnxNode *n, Resize *r)
{
    bool ok;

    r->coord = onnx_word(n, "coordinate_transformation_mode", "half_pixel");
    r->nearest = onnx_word(n, "nearest_mode", "round_prefer_floor");
    onnx_ignore(n, "cubic_coeff_a");             /* about modes that are refused */
    onnx_ignore(n, "exclude_outside");
    onnx_ignore(n, "extrapolation_value");
    ok = strcmp(r->coord, "tf_half_pixel_for_nn") ? strcmp(r->coord, "tf_crop_and_resize") != 0
                                                  : tensorflow_nearest(r);
    if (!ok)
        onnx_error(n, "coordinate_transformation_mode '%s' is not supported", r->coord);
    return ok;
}

/* Our op's second operand; 0 when the scales are out / in, to which it then comes by itself. */
static ValueId scales_operand(OnnxNode *n, const Resize *r)
{
    Shape s = { .rank = 1, .dim = { r->in.rank } };
    float *data = arena_new_n(n->m->a, float, r->in.rank);
    bool plain = true;

    memcpy(data, r->scale, r->in.rank * sizeof *data);
    for (uint32_t i = 0; i < r->in.rank; i++)
        plain &= r->scale[i] == (float)r->out.dim[i] / (float)r->in.dim[i];
    return plain || !r->has_scale ? (ValueId){ 0 }
                                  : onnx_constant(n, DT_F32, &s, data, "scales");
}

static void emit(OnnxNode *n, const Resize *r)
{
    ValueId in[] = { n->in[0], scales_operand(n, r) };
    Attr attr[] = {
        attr_ints(A_size, r->out.dim, r->out.rank), attr_word(A_mode, r->mode),
        attr_word(A_coord, r->coord), attr_word(A_nearest, r->nearest),
    };

    n->result[0] = onnx_emit(n, (NodeSpec){ .op = OP_resize, .in = in, .n_in = 2, .attr = attr,
                                            .n_attr = 4 }, NULL);
}

/* All dimensions stay. */
static Resize start(const OnnxNode *n)
{
    Resize r = { .in = onnx_shape(n, n->in[0]) };

    r.out = r.in;
    for (uint32_t i = 0; i < IR_MAX_RANK; i++)
        r.scale[i] = 1;
    return r;
}

/* Upsample and the Resize of opset 10.  What "nearest" means the specification left open; ONNX
 * Runtime takes the pixel below when it enlarges, the one above when it shrinks. */
static void simple(OnnxNode *n)
{
    Resize r = start(n);
    bool up = false, down = false;
    double scale[IR_MAX_RANK];
    uint32_t count;

    if (n->opset < 9) {                      /* Upsample of opset 7: an attribute */
        const Onnx__AttributeProto *p =
            onnx_attr(n, "scales", ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS);
        count = p && p->n_floats <= IR_MAX_RANK ? (uint32_t)p->n_floats : 0;
        for (uint32_t i = 0; i < count; i++)
            scale[i] = (double)p->floats[i];
    } else {
        count = onnx_const_floats(n, 1, "scales", scale, IR_MAX_RANK);
    }
    if (onnx_failed(n) || !read_mode(n, &r) || !use_scales(n, &r, scale, count))
        return;
    for (uint32_t i = 0; i < r.in.rank; i++) {
        up |= r.scale[i] > 1;
        down |= r.scale[i] < 1;
    }
    if (up && down && !strcmp(r.mode, "nearest")) {
        onnx_error(n, "enlarges one axis and shrinks another; opset 10 leaves open how");
        diag_hint(n->m->d, "export with opset 11 or later");
        return;
    }
    r.coord = "asymmetric";
    r.nearest = down ? "ceil" : "floor";
    emit(n, &r);
}

void onnx_import_upsample(OnnxNode *n)
{
    simple(n);
}

/* Operands: x, region, scales, sizes; the region is for tf_crop_and_resize only.  Of scales and
 * sizes one is left out, or empty as opset 11 has it. */
void onnx_import_resize(OnnxNode *n)
{
    Resize r = start(n);
    double scale[IR_MAX_RANK];
    uint32_t count;
    Ints sizes;
    bool antialias, ok;

    if (n->opset < 11) {
        simple(n);
        return;
    }
    if (!read_mode(n, &r) || !read_coordinates(n, &r))
        return;
    antialias = n->opset >= 18 && onnx_int(n, "antialias", 0) && !strcmp(r.mode, "linear");
    count = onnx_const_floats(n, 2, "scales", scale, IR_MAX_RANK);
    sizes = onnx_const_ints(n, 3, "sizes");
    if (onnx_failed(n))
        return;
    if (!count == !sizes.n) {
        onnx_error(n, "has %s; one of scales and sizes is expected", count ? "both" : "neither");
        return;
    }
    onnx_ignore(n, "keep_aspect_ratio_policy");
    ok = count ? use_scales(n, &r, scale, count) : use_sizes(n, &r, sizes);
    /* a filter widened by 1 / scale: only shrinking shows it */
    for (uint32_t i = 0; i < r.in.rank && ok; i++)
        if (antialias && r.out.dim[i] < r.in.dim[i]) {
            onnx_error(n, "antialias is not supported");
            return;
        }
    if (ok)
        emit(n, &r);
}
