/* SPDX-License-Identifier: Apache-2.0 */
/* loaded: a model file becomes a program in memory; and small things that run and check share. */
#include "driver/run.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* For arena_defer: handles of the libraries go with the arena, whatever ends the verb. */
static void close_model(void *m)
{
    mnc_close(m);
}

static void close_program(void *p)
{
    mnc_program_close(p);
}

/* w is not a local variable here: what longjmp leaves of those is undefined. */
static int protect(Work *w, int (*fn)(Work *w))
{
    jmp_buf oom;
    int code;
    Buf b;

    arena_init(&w->a, NULL, NULL, 0, &oom);
    if (setjmp(oom)) {
        arena_destroy(&w->a);
        fputs("mnc: out of memory\n", stderr);
        return EXIT_FAILED;
    }
    diag_init(&w->d, &w->a);
    code = fn(w);
    code = code == EXIT_FAILED && w->too_large ? EXIT_NOT_HELD : code;
    buf_init(&b, &w->a);
    diag_print(&w->d, &b);
    fputs(b.p, stderr);
    arena_destroy(&w->a);
    return code;
}

/* The options are read before there is any memory to lose. */
int do_work_on(const Args *args, const char *model, int (*fn)(Work *w), void *own)
{
    Work w = { .args = args, .model = model, .own = own };

    return args_options(args, &w.options) ? protect(&w, fn) : EXIT_USAGE;
}

int do_work(const Args *args, int (*fn)(Work *w), void *own)
{
    return do_work_on(args, args->operand[0], fn, own);
}

/* A model is read from one file but may be opened twice: for compiling, and for the reference.  The
 * code runs here and now, so only this machine's variant is compiled, and the weights stay where
 * they are: the cached object serves every set of weights. */
mnc_model *open_model(Work *w)
{
    mnc_options o = w->options;
    mnc_model *m;

    o.prefix = "net";
    o.weights = "file";
    if (!o.target && !o.plain)
        o.target = "native";
    m = mnc_open(&o);
    if (!m)
        arena_out_of_memory(&w->a);
    arena_defer(&w->a, close_model, m);
    if (mnc_read(m, w->model) == MNC_OK && driver_params(w->args, m)
        && (w->part == PART_ALL || mnc_split(m, w->freeze, w->part == PART_TRAINED) == MNC_OK))
        return m;
    fputs(mnc_messages(m), stderr);
    return NULL;
}

/* Seconds of silence would look like a hang; but only a person at a terminal is told. */
static void on_compile(void *user, const char *compiler)
{
    (void)user;
    fprintf(stderr, "compiling with %s ...\n", compiler);
}

/* In front of the text: what its NET_LAYER calls. */
static const char timed[] =
    "struct { void (*call)(void *user, int number); void *user; } net_layer_hook;\n"
    "#define NET_LAYER(i, name) net_layer_hook.call(net_layer_hook.user, i)\n";

/* The C text that is compiled; the model's own text ends where it ended. */
static bool make_text(Work *w, int how, Loaded *l, const char **text, size_t *n)
{
    double start = rt_now();
    mnc_status s;
    Buf b;

    if (how & LOAD_ALL_LAYERS)
        mnc_expose_layers(l->model);
    s = mnc_c_text(l->model, text, n);
    w->too_large = s == MNC_TOO_LARGE;
    if (s != MNC_OK)
        return false;
    l->translate_seconds += rt_now() - start;
    l->text_bytes = *n;
    if (how & LOAD_TIMED) {
        buf_init(&b, &w->a);
        buf_str(&b, timed);
        buf_put(&b, *text, *n);
        *text = b.p;
        *n = b.n;
    }
    return true;
}

static void open_program(Work *w, int how, Loaded *out)
{
    bool told = isatty(STDERR_FILENO) && !(how & LOAD_QUIET);
    mnc_program_options o = { .compiler = w->compiler, .compiling = told ? on_compile : NULL,
                              .cache = how & LOAD_FRESH ? "" : NULL,
                              .load = w->args->value[OPT_jit] ? MNC_JIT : MNC_SHARED_OBJECT };

    out->program = mnc_program_open(&o);
    if (!out->program)
        arena_out_of_memory(&w->a);
    arena_defer(&w->a, close_program, out->program);
}

/* Messages are shown as soon as there are any: a note of the compiler must not wait until a long
 * run is over. */
static bool compile_and_load(Work *w, int how, Loaded *out)
{
    bool quiet = how & LOAD_QUIET;
    const void *weights;
    const char *text;
    size_t n, n_weights;
    bool ok;

    open_program(w, how, out);
    ok = make_text(w, how, out, &text, &n);
    if (!quiet)
        fputs(mnc_messages(out->model), stderr);
    if (!ok)
        return false;
    weights = mnc_weights(out->model, &n_weights);
    mnc_program_weights(out->program, weights, n_weights);
    ok = mnc_program_load_text(out->program, w->model, text, n) == MNC_OK;
    if (!quiet)
        fputs(mnc_program_messages(out->program), stderr);
    out->net = mnc_program_net(out->program);
    return ok;
}

bool load_model(Work *w, int how, Loaded *out)
{
    const char *key = how & LOAD_NET ? quick_key(w) : NULL;
    double start = rt_now();

    out->model = NULL;
    if (key) {
        open_program(w, how, out);
        if (quick_load(w, key, out))
            return true;
    }
    out->model = open_model(w);
    if (!out->model)
        return false;
    out->translate_seconds = rt_now() - start;
    if (how & LOAD_TUNED)
        use_tuned(w, out->model, true);
    if (!compile_and_load(w, how, out))
        return false;
    if (key)
        quick_keep(w, key, out);
    return true;
}

/* The generated file's own table is what all shapes are checked against. */
RtTensor net_tensor(const mnc_tensor *t)
{
    RtTensor out;

    if (!rt_tensor_shape(&out, t->dtype, t->rank, t->dim))
        memset(&out, 0, sizeof out);       /* no generated net has such a tensor */
    out.name = t->name;
    return out;
}

/* One tensor per output, zeroed; each run has its own, so that all answers are kept. */
RtTensor *new_outputs(Arena *a, const mnc_net *net)
{
    RtTensor *out = arena_new_n(a, RtTensor, (size_t)net->n_output);

    for (int o = 0; o < net->n_output; o++) {
        out[o] = net_tensor(&net->output[o]);
        out[o].data = arena_alloc(a, out[o].bytes);
    }
    return out;
}

bool run_net(Arena *a, Loaded *l, const void *const *in, RtTensor *out)
{
    void **p = arena_new_n(a, void *, (size_t)l->net->n_output);

    for (int o = 0; o < l->net->n_output; o++)
        p[o] = out[o].data;
    if (mnc_program_run(l->program, in, p) == MNC_OK)
        return true;
    fputs(mnc_program_messages(l->program), stderr);
    return false;
}

/* Exactly the type and the shape: a silent conversion would hide that the wrong file was given. */
bool fits_net(Arena *a, const char *file, const RtTensor *t, const mnc_tensor *want, Diag *d)
{
    Pos pos = { .file = file };

    if (t->dtype == want->dtype && rt_same_shape(t, want->rank, want->dim))
        return true;
    diag_error(d, pos, "is %s of shape %s, but the net's '%s' is %s of shape %s",
               rt_type_name(t->dtype), rt_shape_text(a, t->rank, t->dim),
               diag_quote(a, want->name), rt_type_name(want->dtype),
               rt_shape_text(a, want->rank, want->dim));
    return false;
}

/* ---- output ---- */

/* Through the same OutFile as files, so that a full disk or a reader that has gone is noticed. */
bool print_out(Arena *a, const char *text, Diag *d)
{
    OutFile *f = file_create(a, "-", d);

    buf_str(file_buf(f), text);
    return file_commit(f, d);
}

/* Takes root.  9 digits are enough for a float to come back as the same float. */
bool print_json(Arena *a, json_t *root, Diag *d)
{
    char *text = json_dumps(root, JSON_SORT_KEYS | JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    const char *copy;

    json_decref(root);
    if (!text)
        arena_out_of_memory(a);
    copy = arena_printf(a, "%s\n", text);
    free(text);
    return print_out(a, copy, d);
}

/* File and node names are bytes; JSON is UTF-8.  What is no UTF-8 loses all bytes above 127. */
json_t *json_text(Arena *a, const char *s)
{
    json_t *text = json_string(s);
    Buf b;

    if (text)
        return text;
    buf_init(&b, a);
    for (; *s; s++)
        buf_str(&b, *s & 0x80 ? "\xef\xbf\xbd" : (char[]){ *s, 0 });      /* U+FFFD */
    return json_string(b.p);
}

/* JSON has neither NaN nor infinity. */
json_t *json_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *json_shape(int rank, const int64_t *dim)
{
    json_t *out = json_array();

    for (int i = 0; i < rank; i++)
        json_array_append_new(out, json_integer(dim[i]));
    return out;
}
