/* SPDX-License-Identifier: Apache-2.0 */
/* emit: from a planned graph to the text of net.c and net.h.
 *
 * For each target the nodes are walked in order; the node's kernel (kernels.c) says which template
 * with which parameters computes it.  A template is expanded once per distinct parameters, so equal
 * layers call one function.  What the file holds, in this order: head, declarations (also net.h),
 * weights, per target [vocabulary, kernels, run function], the public functions.
 */
#ifndef MNC_BACKEND_EMIT_H
#define MNC_BACKEND_EMIT_H

#include "backend/tmpl.h"
#include "backend/weights.h"
#include "ir/graph.h"
#include "ir/plan.h"
#include "ir/state.h"
#include "mnc/mnc.h"

/* A vector instruction set, and the register tiles that suit it. */
typedef struct Target {
    const char *name;          /* "x86-64-v3" */
    const char *suffix;        /* of its functions: "v3" */
    const char *vocabulary;    /* template with the v_* operations */
    const char *guard;         /* preprocessor condition under which it compiles; "" always */
    const char *cpu;           /* C expression: has this CPU got it?  "1" always */
    int width, registers;      /* floats per vector; vectors that a core can name */
    int tile_m, tile_v;        /* convolution: pixels x vectors of channels held in registers */
    int narrow_m, narrow_v;    /* the same for layers of at most narrow_v vectors of channels */
    int ahead;                 /* rows of weights to fetch early though the L2 cache has them */
} Target;

extern const Target target_doubles;        /* of nets that are wide, and of them alone */
extern const Target targets[];             /* the best first; ends with a name of NULL */
const Target *target_by_name(const char *name);
const char *target_native(void);           /* the best that this machine has */

/* What has been written, for mnc_layers and mnc_sites; and of the node at hand, what its kernel
 * said. */
typedef struct Layers {
    mnc_layer *list;
    uint32_t n, cap;
    const char *called, *tile;             /* the function; NULL: not yet */
    struct Site *site;
    uint32_t n_site;
} Layers;

/* A graph of the file and the function that runs it: "run"; of a net that trains "step" (forward,
 * backward and, unless gradients are kept, the updates), "eval", and perhaps "update". */
typedef struct Program {
    const char *name;
    Graph *g;
    Plan *plan;
    const char **packed;       /* by node: its packed weights, the same for all targets */
    Buf body;                  /* of the current target */
} Program;

typedef struct Emit {
    Arena *arena;
    Program *program;          /* n_program of them; g, plan, packed, body: those being written */
    uint32_t n_program;
    Graph *g;
    Plan *plan;
    State *state;              /* of a file that trains, with its offsets; else NULL */
    const mnc_options *options;
    Diag *d;
    const char *prefix;        /* "net": of everything external, and of the file's own statics */
    const Target *target;      /* the one being written */
    bool plain;                /* -O0: the plain kernels */
    bool in_parts;             /* long sums are sums of parts: in nets that train, or feed one */
    const char *rows;          /* in a band: "from, to", of the rows that are asked for; or NULL */
    int depth;                 /* of loops around the next call */
    const char *image;         /* in a band: which of the batch, or NULL if there is one */
    Weights weights;
    const char **packed; /* by node: C expression of its packed weights, the same for all targets */
    Intern functions;          /* template + parameters -> mark: number of the function + 1 */
    const char **function;     /* names by number */
    uint32_t n_function, cap_function;
    Buf kernels, body;         /* of the current target */
    Layers layers;
    const char *const *in_name, *const *out_name;      /* members of the input and output structs */
    const char *hash;          /* of the model, as text */
    int64_t params, macs;      /* of the model as it was read */
    /* the self-test's expected outputs, by output, row-major; NULL: not known */
    const void *const *expect;
    bool too_large;            /* a net that trains needs more than options->max_ram */
    uint32_t n_initial;        /* slots of the state whose first values are among the weights */
} Emit;

/* ---- for kernels ---- */

/* The function that template file makes of v, which gets the parameter NAME by this: base and a
 * number, unless an equal one is there already.  NULL with a message when the template fails. */
const char *emit_function(Emit *e, const char *file, const char *base, TmplVars *v);

/* The number at the end of that function's name; 0 on failure. */
uint32_t emit_function_number(Emit *e, const char *file, const char *base, TmplVars *v);

/* Writes fn(args...); args are C expressions, n of them.  One thread alone calls it. */
void emit_call(Emit *e, const char *fn, const char *const *args, uint32_t n);

/* The same for a function that shares its work among threads: it gets "part, parts" as well, or in
 * a band the rows. */
void emit_call_parts(Emit *e, const char *fn, const char *const *args, uint32_t n);

/* Behind each node, and between two calls of one. */
void emit_barrier(Emit *e);

/* How the kernel cuts the node's work: "14x32".  Several are shown as a sum. */
void layers_tile(Emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* C expression of the pointer to the first element of v: for reading, for writing. */
const char *emit_in(Emit *e, ValueId v);
const char *emit_out(Emit *e, ValueId v);
/* The same, extra elements further on. */
const char *emit_in_at(Emit *e, ValueId v, int64_t extra);
const char *emit_out_at(Emit *e, ValueId v, int64_t extra);

/* Is v so large that it leaves the caches before somebody reads it?  Then it is worth storing past
 * them (v_stream, and v_fence in the end), which saves reading what is overwritten.  Its rows of
 * channels are whole cache lines. */
bool emit_streams(const Emit *e, ValueId v);

/* Puts data (kept) into the weights; C expression of a pointer to it. */
const char *emit_weights(Emit *e, DType t, const void *data, int64_t count, const char *what);

/* The name of a function or macro v_f32 -> v_f32 that applies the activation ("v_same": none). */
const char *emit_act(Emit *e, const Act *act);
/* The same for a unary node's own op and attributes. */
const char *emit_unary_act(Emit *e, const Node *n);
/* The same for one number of any type: the name of a function t -> t, "" where nothing is to do. */
const char *emit_scalar_act(Emit *e, const Act *act, DType t);
const char *emit_scalar_unary(Emit *e, const Node *n, DType t);
/* The function float -> float that gives what the vector function gives. */
const char *emit_one_lane(Emit *e, const char *vector);

/* A number as a C literal of type float or double. */
const char *emit_float(Emit *e, double x, DType t);
/* Of any type; for integers truncated, and the nearest there is. */
const char *emit_number(Emit *e, double x, DType t);

static inline const Place *emit_place(const Emit *e, ValueId v) { return &e->plan->place[v.id]; }
static inline const Shape *emit_shape(const Emit *e, ValueId v) { return &ir_val(e->g, v)->shape; }
static inline const char *emit_type(const Emit *e, ValueId v)
{
    return dtype_info[ir_val(e->g, v)->dtype].c;
}

/* Emits node n; false with a message. */
typedef bool KernelFn(Emit *e, const Node *n);
KernelFn *kernel_for(const Emit *e, const Node *n);

/* ---- the whole file ---- */

/* Writes net.c's text to c and net.h's to h.  False with messages. */
bool emit_file(Emit *e, Buf *c, Buf *h);

/* cname.c: text from a model, made safe. */
const char *c_comment(Arena *a, const char *s);        /* inside a comment */
const char *c_string(Arena *a, const char *s);         /* inside "", as a literal with its quotes */
const char *c_identifier(Arena *a, const char *s);     /* letters, digits, _; no keyword */

/* emit.c: a layer's comment, the call of its kernel, the hook behind it. */
bool emit_layer(Emit *e, KernelFn *kernel, uint32_t node);

/* emit_band.c: loops over rows around the layers of a band.  False with messages. */
bool emit_band(Emit *e, const Band *b);

/* emit_run.c: the functions that run a net: of one target; the choice among them, on one thread or
 * several; and, before the targets, what threads need.  False with messages. */
void emit_run_target(Emit *e, const Program *p, Buf *out);
bool emit_run(Emit *e, const Target *const *list, uint32_t n, Buf *out);
bool emit_threads(Emit *e, Buf *out);

/* layers.c: the op of a node with what is fused into it; node i is in the text now. */
const char *layers_op(Arena *a, const Node *n);
void layers_end(Emit *e, const Node *n, uint32_t i);

/* emit_train.c: what a file that trains has instead of a description and a self-test; its
 * declarations; the words of single numbers, for files with ops that need them. */
bool emit_train_tables(Emit *e, Buf *out);
bool emit_train(Emit *e, Buf *out);
int64_t emit_train_arena(const Emit *e);        /* bytes, what the largest program needs */
void emit_train_declarations(Emit *e, Buf *out);
bool emit_scalars(Emit *e, Buf *out);

/* widen.c: C text of floats becomes the same of doubles. */
void widen_text(const Buf *from, Buf *to);

/* emit_head.c */
void emit_abi(const char *file, Buf *out);
void emit_preface(Emit *e, Buf *out, const char *file);
void emit_declarations(Emit *e, Buf *out);
void emit_describe(Emit *e, Buf *out);
void emit_selftest(Emit *e, Buf *out);

#endif
