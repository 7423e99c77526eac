/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_input: the model's inputs, with a number for every dimension.
 *
 * A dimension may be a number, a name (equal names are equal numbers), or nothing at all.  Numbers
 * for the latter two come, in this order, from --input-shape, from --batch for the first dimension
 * of an input, or from another input that has the same name.  An input named by --bind becomes a
 * constant; an initialiser that is listed as an input has been one already (files of IR version 3
 * and before list them all).
 *
 * Inputs without a number for every dimension are errors, all of them in one run, each with the
 * option that would help.
 */
#include "frontend/onnx_import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct Input {
    const Onnx__ValueInfoProto *p;
    const Onnx__TensorShapeProto *shape;     /* NULL: the file says none */
    DType dtype;                             /* NONE: refused */
    Ints given;                              /* by --input-shape */
    Pos pos;
} Input;

typedef struct Inputs {
    Import *m;
    Scope *s;
    Input *in;
    uint32_t n;
    Intern symbols;                          /* mark: the index of its number, 0: unknown */
    int64_t *number;
    uint32_t n_number;
    bool batch_used;                         /* a symbolic first dimension was there */
} Inputs;

/* ---- options: NAME=VALUE, where names may contain anything ---- */

/* The value, when the option is about this name; NULL otherwise. */
static const char *option_value(const char *option, const char *name)
{
    size_t n = strlen(name);

    return !strncmp(option, name, n) && option[n] == '=' ? option + n + 1 : NULL;
}

/* "1,3,224,224" -> up to IR_MAX_RANK numbers; the option is for the message. */
static Ints parse_shape(Inputs *in, const char *option, const char *text)
{
    int64_t *v = arena_new_n(in->m->a, int64_t, IR_MAX_RANK);
    uint32_t n = 0;
    char *end;

    /* strtoll alone would let blanks and signs pass */
    for (const char *p = text; n < IR_MAX_RANK; p = end + 1) {
        errno = 0;
        v[n++] = strtoll(p, &end, 10);
        if (*p < '0' || *p > '9' || errno)
            break;
        if (!*end)
            return (Ints){ v, n, true };
        if (*end != ',')
            break;
    }
    diag_error(in->m->d, (Pos){ 0 }, "--input-shape '%s': NAME=1,3,224,224 is expected",
               diag_quote(in->m->a, option));
    return (Ints){ NULL, 0, false };
}

/* Every option must name an input: a misspelt name would otherwise do nothing, silently. */
static void check_names(Inputs *in, const char *const *option, const char *what)
{
    for (; option && *option; option++) {
        bool found = false;
        for (uint32_t i = 0; i < in->n && !found; i++)
            found = option_value(*option, onnx_text(in->in[i].p->name));
        if (found)
            continue;
        diag_error(in->m->d, (Pos){ .file = in->m->o->file }, "%s '%s': there is no such input",
                   what, diag_quote(in->m->a, *option));
        if (in->n)
            diag_hint(in->m->d, "the model's first input is called '%s'",
                      diag_quote(in->m->a, onnx_text(in->in[0].p->name)));
    }
}

/* The file that --bind names for this input; NULL: none. */
static const char *bound_file(const Inputs *in, const Input *i)
{
    const char *const *option = in->m->o->bind;
    const char *file = NULL;

    for (; option && *option && !file; option++)
        file = option_value(*option, onnx_text(i->p->name));
    return file;
}

/* ---- types ---- */

/* Says what the type is instead of a tensor; returns false. */
static bool refuse_type(Input *i, Diag *d)
{
    static const char *const kind[] = {
        [ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE] = "a sequence",
        [ONNX__TYPE_PROTO__VALUE_MAP_TYPE] = "a map",
        [ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE] = "optional",
        [ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE] = "a sparse tensor",
        [ONNX__TYPE_PROTO__VALUE_OPAQUE_TYPE] = "opaque",
    };
    const Onnx__TypeProto *t = i->p->type;

    if (!t || t->value_case == ONNX__TYPE_PROTO__VALUE__NOT_SET)
        diag_error(d, i->pos, "has no type");
    else
        diag_error(d, i->pos, "is %s; only tensors are supported", kind[t->value_case]);
    return false;
}

/* Sets dtype and shape.  float16 is refused here: no kernel computes in it, and a model that takes
 * it would also have to be answered in it. */
static bool read_type(Input *i, Diag *d)
{
    const Onnx__TypeProto *t = i->p->type;
    int32_t elem;
    DType dtype;

    if (!t || t->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
        return refuse_type(i, d);
    elem = t->tensor_type->elem_type;
    dtype = dtype_by_onnx(elem);
    i->shape = t->tensor_type->shape;
    if (!dtype || dtype == DT_F16) {
        diag_error(d, i->pos, "is of type %s, which is not supported", onnx_type_name(elem));
        if (dtype == DT_F16 || elem == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16)
            diag_hint(d, "give the model in float32; only constants may be of that type");
        return false;
    }
    if (i->shape && i->shape->n_dim > IR_MAX_RANK) {
        diag_error(d, i->pos, "has %zu dimensions; at most %d are supported", i->shape->n_dim,
                   IR_MAX_RANK);
        return false;
    }
    i->dtype = dtype;
    return true;
}

/* ---- symbols ---- */

/* The name of dimension k: "" when it has none, NULL when it is a number. */
static const char *symbol(const Input *i, uint32_t k)
{
    const Onnx__TensorShapeProto__Dimension *d = i->shape->dim[k];

    if (d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
        return NULL;
    return d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
        ? onnx_text(d->dim_param) : "";
}

/* A name has one number in the whole model; two numbers are an error at the later input. */
static void set_symbol(Inputs *in, const Input *i, const char *name, int64_t v)
{
    uint32_t *mark = *name ? intern_mark(&in->symbols, intern(&in->symbols, name)) : NULL;

    if (!mark)
        return;
    if (!*mark) {
        in->number[in->n_number] = v;
        *mark = in->n_number++;
    } else if (in->number[*mark] != v) {
        diag_error(in->m->d, i->pos, "its dimension '%s' would be %lld, but is %lld elsewhere",
                   diag_quote(in->m->a, name), (long long)v, (long long)in->number[*mark]);
    }
}

/* -1 when it has no number. */
static int64_t get_symbol(Inputs *in, const char *name)
{
    uint32_t *mark = *name ? intern_mark(&in->symbols, name) : NULL;

    return mark && *mark ? in->number[*mark] : -1;
}

/* --input-shape: the whole shape, over whatever the file says; its symbols hold elsewhere too. */
static void use_given(Inputs *in, Input *i)
{
    const char *const *option = in->m->o->input_shape;

    for (; option && *option; option++) {
        const char *text = option_value(*option, onnx_text(i->p->name));
        if (text)
            i->given = parse_shape(in, *option, text);
    }
    if (!i->given.given || !i->shape)
        return;
    if (i->given.n != i->shape->n_dim) {
        diag_error(in->m->d, i->pos, "has %zu dimensions, but --input-shape gives it %u",
                   i->shape->n_dim, i->given.n);
        return;
    }
    for (uint32_t k = 0; k < i->given.n; k++)
        if (symbol(i, k))
            set_symbol(in, i, symbol(i, k), i->given.v[k]);
}

/* A first dimension that has no number yet is the batch, on every input.  Noted once. */
static void use_batch(Inputs *in, Input *i)
{
    int64_t batch = in->m->o->batch;
    const char *name;

    if (i->given.given || !i->shape || !i->shape->n_dim || bound_file(in, i)
        || !(name = symbol(i, 0)) || get_symbol(in, name) >= 0)
        return;
    if (!batch && !in->batch_used) {
        diag_note(in->m->d, i->pos, "the symbolic first dimension%s%s%s becomes 1",
                  *name ? " '" : "", diag_quote(in->m->a, name), *name ? "'" : "");
        diag_hint(in->m->d, "--batch N for another");
    }
    in->batch_used = true;
    set_symbol(in, i, name, batch ? batch : 1);
}

/* ---- shapes ---- */

/* Dimension k as far as it is known: negative when it is symbolic, or negative in the file. */
static int64_t dimension(Inputs *in, const Input *i, uint32_t k)
{
    const char *name = symbol(i, k);
    int64_t v = name ? get_symbol(in, name) : i->shape->dim[k]->dim_value;

    if (v < 0 && name && k == 0)             /* a first dimension without a name */
        v = in->m->o->batch ? in->m->o->batch : 1;
    return v;
}

/* "(1,3,height,?)": numbers where they are known, else names, so that one sees what is missing */
static const char *shape_words(Inputs *in, const Input *i)
{
    Buf b;

    buf_init(&b, in->m->a);
    for (uint32_t k = 0; k < i->shape->n_dim; k++) {
        const char *name = symbol(i, k);
        int64_t v = dimension(in, i, k);
        buf_char(&b, k ? ',' : '(');
        if (v >= 0 || !name)
            buf_printf(&b, "%lld", (long long)v);
        else
            buf_str(&b, *name ? diag_quote(in->m->a, name) : "?");
    }
    buf_char(&b, ')');
    return b.p;
}

/* One message for all dimensions of an input that have no number. */
static bool find_shape(Inputs *in, const Input *i, Shape *s)
{
    Diag *d = in->m->d;
    bool symbolic = !i->shape && !i->given.given, negative = false;

    memset(s, 0, sizeof *s);
    s->rank = i->given.given ? i->given.n : i->shape ? (uint32_t)i->shape->n_dim : 0;
    for (uint32_t k = 0; k < s->rank; k++) {
        s->dim[k] = i->given.given ? i->given.v[k] : dimension(in, i, k);
        negative |= s->dim[k] < 0 && !symbol(i, k);
        symbolic |= s->dim[k] < 0;
    }
    if (negative) {
        diag_error(d, i->pos, "has a negative dimension: %s", shape_words(in, i));
        return false;
    }
    if (symbolic) {
        if (i->shape)
            diag_error(d, i->pos, "has symbolic dimensions: %s", shape_words(in, i));
        else
            diag_error(d, i->pos, "has no shape");
        diag_hint(d, "--input-shape %s=1,3,224,224 (with your numbers) sets it",
                  diag_quote(in->m->a, onnx_text(i->p->name)));
        return false;
    }
    if (!shape_ok(s)) {
        diag_error(d, i->pos, "has the shape %s, which is too large", shape_text(in->m->a, s));
        return false;
    }
    return true;
}

/* Whether a bound tensor is what the input is declared as; its symbols may be any number. */
static bool fits(Inputs *in, const Input *i, DType t, const Shape *s)
{
    bool ok = t == i->dtype && (!i->shape || i->shape->n_dim == s->rank);

    for (uint32_t k = 0; ok && i->shape && k < s->rank; k++)
        ok = symbol(i, k) || i->shape->dim[k]->dim_value == s->dim[k];
    if (!ok)
        diag_error(in->m->d, i->pos, "is %s%s, but --bind gives it %s%s", dtype_info[i->dtype].name,
                   i->shape ? shape_words(in, i) : "", dtype_info[t].name,
                   shape_text(in->m->a, s));
    return ok;
}

/* ---- all together ---- */

/* The input as a constant, with the file's numbers. */
static ValueId bound_value(Inputs *in, const Input *i, const char *file)
{
    OnnxTensor t;
    Bytes b;

    if (!file_read(in->m->a, file, &b, in->m->d))
        return (ValueId){ 0 };
    if (!onnx_tensor(in->m->a, b, &t, in->m->d)) {
        diag_hint(in->m->d, "this is the file '%s' of --bind", diag_quote(in->m->a, file));
        return (ValueId){ 0 };
    }
    if (!fits(in, i, t.dtype, &t.shape))
        return (ValueId){ 0 };
    return ir_const(in->m->g, onnx_text(i->p->name), VAL_CONST, t.dtype, &t.shape, t.data);
}

/* Every input gets its name, with a value or, when it failed, as poison. */
static void define_inputs(Inputs *in)
{
    ValueId *v = arena_new_n(in->m->a, ValueId, in->n);
    uint32_t n = 0;

    for (uint32_t k = 0; k < in->n; k++) {
        Input *i = &in->in[k];
        const char *file = bound_file(in, i);
        ValueId id = { 0 };
        Shape s;
        if (i->dtype && file)
            id = bound_value(in, i, file);
        else if (i->dtype && find_shape(in, i, &s))
            id = v[n++] = ir_value(in->m->g, onnx_text(i->p->name), VAL_INPUT, i->dtype, &s,
                                   i->pos);
        onnx_define(in->s, onnx_text(i->p->name), id, i->pos);
    }
    ir_set_inputs(in->m->g, v, n);
}

/* --batch says something about a first dimension that is fixed: refused, rather than ignored.
 * Such a file may have the number inside as well, in the shape of a Reshape; --input-shape still
 * tries. */
static void check_batch(const Inputs *in)
{
    int64_t batch = in->m->o->batch;

    if (batch <= 0 || in->batch_used || !in->n || !in->in[0].shape || !in->in[0].shape->n_dim
        || in->in[0].given.given || symbol(&in->in[0], 0)
        || in->in[0].shape->dim[0]->dim_value == batch)
        return;
    diag_error(in->m->d, in->in[0].pos, "has the fixed first dimension %lld; --batch %lld cannot "
               "change it", (long long)in->in[0].shape->dim[0]->dim_value, (long long)batch);
}

/* The symbols of all inputs are collected before any shape is made: an input may have its number
 * from another one that stands later. */
void onnx_inputs(Import *m, Scope *s)
{
    const Onnx__GraphProto *g = m->model->graph;
    Inputs in = { .m = m, .s = s, .n_number = 1 };     /* number 0: mark 0 is no number */

    in.in = arena_new_n(m->a, Input, g->n_input);
    in.number = arena_new_n(m->a, int64_t, g->n_input * IR_MAX_RANK + 1);   /* names at most */
    intern_init(&in.symbols, m->a);
    for (size_t k = 0; k < g->n_input; k++) {
        Input *i = &in.in[in.n];
        const char *name = onnx_text(g->input[k]->name);
        if (onnx_lookup(s, name))
            continue;                        /* an initialiser, listed here too */
        i->p = g->input[k];
        i->pos = (Pos){ .file = m->o->file,
                        .where = arena_printf(m->a, "input '%s'", diag_quote(m->a, name)) };
        in.n++;
        if (!*name)
            diag_error(m->d, (Pos){ .file = m->o->file }, "input %zu has no name", k);
        if (read_type(i, m->d))
            use_given(&in, i);
    }
    for (uint32_t k = 0; k < in.n; k++)
        use_batch(&in, &in.in[k]);
    check_names(&in, m->o->input_shape, "--input-shape");
    check_names(&in, m->o->bind, "--bind");
    check_batch(&in);
    define_inputs(&in);
}
