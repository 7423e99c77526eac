/* SPDX-License-Identifier: Apache-2.0 */
/* node_test: ONNX's own backend tests, each compiled, loaded, run and compared.
 *
 *   cases.c    the folders and what their models hold
 *   emit.c     one model to one C file
 *   batch.c    many C files to one shared object
 *   trial.c    a case's stored inputs through its net, its results against the stored ones
 *   table.c    what came of it, per operator, as a page of the manual
 *   main.c     all together, in processes of their own: a crash is a result like any other
 */
#ifndef MNC_NODE_TEST_H
#define MNC_NODE_TEST_H

#include "base/arena.h"
#include "base/diag.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum Outcome {
    PENDING,        /* written as C, not yet run */
    PASSED,
    REFUSED,        /* by the compiler, with a reason */
    WRONG           /* other numbers, C that does not compile, a crash, an internal error */
} Outcome;

/* Inputs that the compiler gets as constants (--bind), because it must know them. */
typedef enum Bound { BIND_NONE, BIND_INTEGERS, BIND_ALL_BUT_FIRST, BIND_ALL, N_BOUND } Bound;

/* What a model's file says; known before anything is forked. */
typedef struct Model {
    const char *name;            /* "node/test_add" */
    const char *dir;             /* the folder itself */
    const char **op;             /* operators of its nodes, without repetition */
    size_t n_op;
    const char **input;          /* names of what input_0.pb, input_1.pb ... are for */
    bool *is_float;              /* [n_input] */
    size_t n_input;
} Model;

/* What became of it; in memory that all processes share. */
typedef struct Result {
    Outcome outcome;
    Bound bound;
    char why[300];               /* REFUSED: "Op: message"; WRONG: what is wrong */
} Result;

typedef struct Suite {
    Arena *a;
    Model *model;
    Result *result;              /* [n], shared */
    size_t n;
    const char *cc;              /* the C compiler */
    char work[PATH_MAX];         /* a folder for C files and shared objects */
} Suite;

void result_set(Result *r, Outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* All folders under root that have a model; root must end in "/". */
void find_cases(Suite *s, const char *root);

/* Writes case i as WORK/t<i>.c, or refuses it. */
void emit_case(Suite *s, size_t i);

/* Compiles the cases [from, to) that are pending into WORK/b<from>.so; those that do not compile
 * become WRONG. */
void build_batch(Suite *s, size_t from, size_t to);

/* Runs case i, which is pending, from the batch's shared object. */
void try_case(Suite *s, size_t i, size_t from);

/* The page, in the arena. */
const char *make_table(const Suite *s);
size_t count_passed(const Suite *s, const char *op);

#endif
