/* SPDX-License-Identifier: Apache-2.0 */
/* model: what an mnc_model is, for the files that implement include/mnc/mnc.h. */
#ifndef MNC_BACKEND_MODEL_H
#define MNC_BACKEND_MODEL_H

#include "ir/plan.h"
#include "ir/summary.h"
#include "mnc/mnc.h"
#include "ref/ref.h"

struct mnc_model {
    Arena arena;
    jmp_buf oom;
    mnc_options options;
    mnc_train_options train;   /* what options.train points to, if anything */
    Diag diag;
    Graph *g;
    uint64_t hash;             /* of the model file */
    bool all_layers;           /* mnc_expose_layers */
    RefTensor *reference;      /* by value; NULL: mnc_reference was not called */
    const void **expect;       /* the sample's outputs, by the reference; NULL: not computed */
    mnc_param *param;          /* what mnc_params gave last */
    size_t n_param;
    int64_t params, macs;      /* of the graph as it was read */
    Plan *plan;
    const void *weights;       /* of the text that mnc_c_text gave */
    size_t weight_bytes;
    const mnc_layer *layers;   /* of that text; NULL: none yet */
    size_t n_layer;
    const struct Site *site;   /* and its sites */
    size_t n_site;
    char *text;                /* what mnc_messages gave last */
    bool in_parts;             /* the part of a net that feeds what is trained */
    bool too_large;            /* no plan keeps to options.max_ram */
    mnc_status dead;           /* out of memory: nothing works any more */
};

/* Frees all of the model and marks it dead. */
mnc_status model_no_memory(mnc_model *m);

/* MNC_OK when ok and nothing is wrong with the input. */
mnc_status model_result(const mnc_model *m, bool ok);

/* m->param: what mnc_params says. */
void model_list_params(mnc_model *m);

/* Runs the passes: m->plan, and the bytes in s, of the graph as it was read. */
bool model_plan(mnc_model *m, Summary *s);

/* The graph as it is now, node by node, to path and its numbers to path.data. */
bool model_dump(mnc_model *m, const char *path);

/* Everything that follows in the function may run out of memory. */
#define PROTECT(m) \
    do { \
        if ((m)->dead || setjmp((m)->oom)) \
            return model_no_memory(m); \
    } while (0)

#endif
