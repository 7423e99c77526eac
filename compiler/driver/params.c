/* SPDX-License-Identifier: Apache-2.0 */
/* params: --params FILE [--rename FROM=TO]... [--partial]: weights into the model that was read.
 *
 * FILE is a model whose parameters are taken, or .safetensors, .npz, .npy, .pb.  The runtime reads
 * the files, the library knows the graph.
 */
#include "driver/driver.h"
#include "checkpoint.h"

#include <string.h>

typedef struct Source {
    Arena a;
    jmp_buf oom;
    Diag d;
    mnc_model *from;               /* NULL: a tensor file */
    const mnc_param *list;
    size_t n;
} Source;

/* Initialisers without a dimension are the limits of a Clip and the like: no layer has such a
 * parameter, and a file that we have exported would be full of superfluous ones. */
static void drop_scalars(Source *s)
{
    mnc_param *list = arena_new_n(&s->a, mnc_param, s->n);
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].tensor.rank)
            list[n++] = s->list[i];
    s->list = list;
    s->n = n;
}

static bool read_model(Source *s, const char *path)
{
    mnc_options o = { 0 };
    bool ok;

    s->from = mnc_open(&o);
    ok = s->from && mnc_read(s->from, path) == MNC_OK
        && mnc_params(s->from, &s->list, &s->n) == MNC_OK;
    if (ok)
        drop_scalars(s);
    else
        fputs(s->from ? mnc_messages(s->from) : "error: out of memory\n", stderr);
    return ok;
}

/* Of a checkpoint only what infers: the optimiser's moments are no parameters of a net. */
static bool read_tensors(Source *s, const char *path, RtTensors *out)
{
    RtCheckpoint c;
    Bytes file;

    if (!path_has_suffix(path, ".safetensors"))
        return rt_read_tensors(&s->a, path, out, &s->d);
    if (!file_read(&s->a, path, &file, &s->d))
        return false;
    if (!rt_is_checkpoint(&s->a, file))
        return rt_read_safetensors(&s->a, path, file, out, &s->d);
    if (!rt_checkpoint_read(&s->a, path, &c, &s->d))
        return false;
    rt_checkpoint_params(&s->a, &c, out);
    return true;
}

static bool read_file(Source *s, const char *path)
{
    mnc_param *list;
    RtTensors t;

    if (!read_tensors(s, path, &t))
        return false;
    list = arena_new_n(&s->a, mnc_param, t.n);
    for (size_t i = 0; i < t.n; i++)
        list[i] = (mnc_param){ .tensor = { t.t[i].name, t.t[i].dtype, t.t[i].rank, t.t[i].dim,
                                           t.t[i].bytes }, .data = t.t[i].data };
    s->list = list;
    s->n = t.n;
    return true;
}

static void print_diag(Source *s)
{
    Buf b;

    buf_init(&b, &s->a);
    diag_print(&s->d, &b);
    fputs(b.p, stderr);
}

/* s is not a local variable here: what longjmp leaves of those is undefined. */
static bool read_source(Source *s, const char *path)
{
    bool ok;

    arena_init(&s->a, NULL, NULL, 0, &s->oom);
    if (setjmp(s->oom)) {
        fputs("mnc: out of memory\n", stderr);
        return false;
    }
    diag_init(&s->d, &s->a);
    if (path_has_suffix(path, ".onnx") || path_has_suffix(path, ".mnet"))
        return read_model(s, path);
    ok = read_file(s, path);
    print_diag(s);
    return ok;
}

static bool same_shape(const mnc_tensor *a, const mnc_tensor *b)
{
    return a->rank == b->rank && !memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim);
}

/* --by-shape: each parameter of the net takes the file's first of its shape that is left.  That is
 * right when both have them in the order of computation, shape by shape, as exporters leave them
 * that make up names ("onnx::Conv_909"). */
static bool match_shapes(Source *s, mnc_model *m)
{
    const mnc_param *own;
    mnc_param *list;
    bool *taken = arena_new_n(&s->a, bool, s->n + 1);
    size_t n, count = 0;

    if (mnc_params(m, &own, &n) != MNC_OK)
        return false;
    list = arena_new_n(&s->a, mnc_param, n + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s->n; k++)
            if (!taken[k] && same_shape(&own[i].tensor, &s->list[k].tensor)) {
                list[count] = s->list[k];
                list[count++].tensor.name = own[i].tensor.name;
                taken[k] = true;
                break;
            }
    s->list = list;
    s->n = count;
    return true;
}

/* s is not a local variable there: what longjmp leaves of those is undefined. */
static bool by_shape(Source *s, mnc_model *m)
{
    if (!setjmp(s->oom))
        return match_shapes(s, m);
    fputs("mnc: out of memory\n", stderr);
    return false;
}

bool driver_params(const Args *args, mnc_model *m)
{
    const char *path = args_params(args);
    mnc_param_rules rules = { .file = path, .partial = args->value[OPT_partial] != NULL,
                              .rename = (const char *const *)args->list[OPT_rename] };
    Source s = { .n = 0 };
    bool ok;

    if (!path)
        return true;
    ok = read_source(&s, path) && (!args->value[OPT_by_shape] || by_shape(&s, m))
        && mnc_set_params(m, s.list, s.n, &rules) == MNC_OK;
    if (s.from)
        mnc_close(s.from);
    arena_destroy(&s.a);
    return ok;
}
