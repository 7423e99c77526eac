/* SPDX-License-Identifier: Apache-2.0 */
/* grad: nets whose gradients are compared with central differences, and their evaluation in
 * double. */
#ifndef MNC_TESTS_GRAD_H
#define MNC_TESTS_GRAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passes/pass.h"
#include "ref/ref.h"

typedef struct Case {
    const char *name;
    const char *text;          /* a spec: (batch, ...) in, (batch, classes) out */
    const char *loss;          /* as in mnc_train_options */
    const char *freeze[2];     /* as in mnc_train_options */
    const char *frozen[4];     /* parameters that must not be trained; all others must */
    bool compiled;             /* is compared with compiled C as well */
} Case;

typedef struct Table {
    const char *name;
    const Case *cases;         /* ends with a name of NULL */
} Table;

extern const Case cases_layers[], cases_pointwise[], cases_windows[], cases_nets[];
extern const Case cases_formulas[];
extern const Case cases_large[];   /* in no table: only compiled */
extern const Table tables[];   /* ends with a name of NULL */

/* A step with its gradients kept, all floats being doubles. */
typedef struct Step {
    Arena a;
    jmp_buf oom;
    Diag d;
    Graph *g;
    State state;
    double **at;               /* [state.n]: the numbers of each slot; the graph reads them there */
    ValueId *grad;             /* [state.n]: of a parameter its gradient, once autodiff has run */
    const void *input[2];      /* x, labels */
} Step;

/* The net as it is after that pass; with plain as -O0 makes it. */
void step_open(Step *s, const Case *c, const char *after, bool plain);
void step_close(Step *s);

/* The loss alone, which the slots' numbers decide. */
double step_loss(Step *s);

/* Gradients of all slots: [state.n], NULL for those that are no parameters; live with s. */
double **step_gradients(Step *s);

/* n numbers in [-1, 1) that the name alone decides; exact in f32. */
void numbers_of(const char *name, float *to, int64_t n);
void labels_of(int32_t *to, int64_t n, int64_t classes);

/* What the slot of a net holds in these tests, given what init sets (NULL: zeros): not just that,
 * because a scale of 1 and a bias of 0 hide mistakes. */
float slot_number(float initial, float noise);

#endif
