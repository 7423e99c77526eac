/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_run: what running a spec's statements works on.
 *
 * A statement runs in a frame: the file's, or that of a block being called.  Names belong to their
 * frame; a block also sees the file's.  A layer that is given one operand too few reads the result
 * of the line above, which is the frame's `above`; a block's first line finds the block's first
 * argument there.
 *
 * What went wrong once is said once: a name whose statement failed is bound to I_FAILED, and who
 * reads that fails in silence.
 */
#ifndef MNC_FRONTEND_MNET_RUN_H
#define MNC_FRONTEND_MNET_RUN_H

#include "frontend/mnet.h"
#include "frontend/mnet_ast.h"

/* Bounds on what a short text may ask for. */
enum {
    MNET_MOST_WORDS = OP_COUNT + 16,
    MNET_MAX_STEPS = 100000,           /* statements run inside repeat, for and blocks; calls */
    MNET_MAX_CALLS = 32,               /* blocks and functions within each other */
    MNET_MAX_BYTES = 1 << 30           /* of all constants that are made, not read */
};

typedef enum ItemKind { I_FAILED, I_INT, I_FLOAT, I_WORD, I_VALUE, I_OMITTED } ItemKind;

typedef struct Item {
    ItemKind kind;
    union {
        int64_t i;
        double f;
        Sym word;
        ValueId v;
    } u;
} Item;

/* A name of the spec.  One per Sym; a block's own binding hides the file's while it runs. */
typedef struct Var {
    Sym sym;
    struct Binding {
        Item item;
        const Stmt *by;        /* what set it; NULL: a block's argument, or not set */
        At at;
        bool set;
        bool parameter;        /* set in the head, so -D may replace it */
    } file, local;
    uint32_t frame;            /* whose local is */
    const Stmt *block, *function;
} Var;

typedef struct Frame {
    uint32_t id;               /* 0: the file's */
    Sym prefix;                /* "block3." stands before the names of its layers */
    Item above;                /* I_OMITTED: there is none */
    const Stmt *call;          /* the layer that called the block */
    uint32_t n_saved;          /* Mnet.n_saved when it began */
    struct Frame *up;
} Frame;

typedef struct Ids {
    ValueId *v;
    uint32_t n, cap;
} Ids;

typedef struct Mnet {
    Arena *arena;
    Diag *d;
    const MnetOptions *o;
    Graph *g;
    Intern names;              /* a name's mark is its Var's index + 1 */
    Intern counts;             /* a full name's mark is its last running number */
    Var *var;
    uint32_t n_var, cap_var;
    struct Saved { uint32_t var; struct Binding local; uint32_t frame; } *saved;
    uint32_t n_saved, cap_saved;
    Frame *frame;
    uint32_t n_frame, n_call;
    int64_t steps, bytes;
    bool stop;                 /* a bound was passed */
    const Stmt *noted;         /* the call that the last note told of */
    bool head;                 /* no layer yet: names that are set are parameters */
    struct DataFile *files;    /* read so far */
    Ids input, output;
    uint32_t n_frozen;         /* values below this have been frozen */
    const float *blank;        /* [n_blank] zeros */
    int64_t n_blank;
} Mnet;

/* ---- mnet_scope.c ---- */

Pos mnet_pos(const Mnet *m, At at);
void mnet_error(Mnet *m, At at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
Var *mnet_var(Mnet *m, Sym sym);                   /* made when new */
const Item *mnet_find(Mnet *m, Sym sym);           /* NULL: not set here */
void mnet_set(Mnet *m, Name name, Item item, const Stmt *by);
void mnet_unknown(Mnet *m, At at, Sym sym);        /* the error, with a hint */
void mnet_enter(Mnet *m, Frame *f, Sym prefix, const Stmt *call);
void mnet_leave(Mnet *m);
bool mnet_step(Mnet *m, At at);                    /* false: too many; said */
/* The full name of a layer in this frame; number: with a running one. */
Sym mnet_full_name(Mnet *m, const char *base, bool number);

/* The default of a parameter in the head, or what -D says instead. */
Item mnet_override(Mnet *m, const Stmt *s, Item item);
void mnet_check_overrides(Mnet *m);                /* at the end: those that name no parameter */

/* ---- mnet_eval.c, mnet_call.c ---- */

static inline Item item_failed(void) { return (Item){ .kind = I_FAILED }; }
static inline Item item_int(int64_t i) { return (Item){ .kind = I_INT, .u = { .i = i } }; }
static inline Item item_float(double f) { return (Item){ .kind = I_FLOAT, .u = { .f = f } }; }

static inline bool item_is_number(const Item *x)
{
    return x->kind == I_INT || x->kind == I_FLOAT;
}

static inline double item_number(const Item *x)
{
    return x->kind == I_INT ? (double)x->u.i : x->u.f;
}

Item mnet_eval(Mnet *m, const Expr *e);
Item mnet_call(Mnet *m, const Expr *e);                    /* f(x) */
bool mnet_int(Mnet *m, const Expr *e, int64_t *out);       /* false, with an error, for others */
bool mnet_float(Mnet *m, const Expr *e, double *out);
Item mnet_wrong_operand(Mnet *m, const Expr *e, const Item *x);    /* the error, and I_FAILED */
const char *mnet_item_text(Mnet *m, const Item *item);     /* "12", "the value 'x'" */

/* ---- mnet_words.c ---- */

bool mnet_is_word(Sym s);                                  /* "relu6", "bn", "same" ... */
bool mnet_is_act_word(Sym s);                              /* each ACT op, "relu6", "none" */
size_t mnet_words(const char **names);                     /* all that mnet_is_word knows */

/* ---- mnet_run.c ---- */

void mnet_run(Mnet *m, Stmt *list);

/* The full names of a layer's results, and room for the results, I_FAILED at first. */
typedef struct Results {
    uint32_t n;
    const char **name;
    Item *item;
} Results;

/* ---- mnet_block.c ---- */

void mnet_call_block(Mnet *m, const Stmt *s, const Stmt *block, Results *r);

/* ---- mnet_layer.c ---- */

void mnet_layer(Mnet *m, const Stmt *s, Results *r);
bool mnet_is_layer(const char *keyword);           /* of the language, not a block */

/* ---- mnet_init.c ---- */

bool init_is_word(const char *name);               /* "he_normal" ... */
size_t init_words(const char **names);
/* The f32 that an expression asks for: a list, one number for all, or an initialiser such as
 * he_normal, whose stream of random numbers is that of the name.  NULL with an error. */
const float *init_data(Mnet *m, const Expr *e, const Shape *s, const char *name);

/* ---- mnet_data.c ---- */

/* The numbers of a list, exactly, as elements of the type; NULL with errors. */
const void *mnet_data_list(Mnet *m, const Expr *list, DType t, int64_t n);
/* One number for all elements. */
const void *mnet_data_fill(Mnet *m, const Expr *e, DType t, const Shape *s);
/* Memory for the elements; NULL, with an error, when the spec asks for too much. */
void *mnet_room(Mnet *m, At at, const Shape *s, DType t);
/* What is declared by input, param, const or state. */
Item mnet_data(Mnet *m, const Stmt *s, Sym name);

#endif
