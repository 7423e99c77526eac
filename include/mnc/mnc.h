/* SPDX-License-Identifier: Apache-2.0 */
/* mnc.h: the compiler as a library.
 *
 *     mnc_model *m = mnc_open(&options);
 *     if (mnc_read(m, "mobilenet_v2.onnx") == MNC_OK && mnc_write_c(m, "net.c") == MNC_OK)
 *         ...                                    net.c and net.h are there
 *     fputs(mnc_messages(m), stderr);            notes and errors, one per line
 *     mnc_close(m);
 *
 * The library never prints, never exits and has no global state; models are independent of each
 * other and may be used from different threads.  All memory belongs to the model.
 */
#ifndef MNC_MNC_H
#define MNC_MNC_H

#include "mnc/net.h"
#include "mnc/train.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)     /* the libraries hide everything else */

typedef enum mnc_status {
    MNC_OK = 0,
    MNC_INVALID = 1,       /* wrong input, unreadable file, full disk: see mnc_messages */
    MNC_NO_MEMORY = 2,
    MNC_TOO_LARGE = 3      /* no schedule keeps the arena below max_ram: see mnc_messages */
} mnc_status;

/* Like realloc; size 0 frees.  Returns NULL when there is no memory. */
typedef void *mnc_alloc_fn(void *user, void *ptr, size_t size);

/* How a net is to be trained.  All zero is the default. */
typedef struct mnc_train_options {
    const char *optimizer;           /* "sgd" (default), "momentum", "nesterov", "adam", "adamw" */
    const char *loss;                /* cross-entropy of "logits" (default): of the softmax of the
                                        output, whatever it is; "probabilities": the output is them,
                                        and a softmax at the net's end is part of the loss */
    const char *const *freeze;       /* "features.*": parameters that stay; a batch norm among them
                                        uses its running statistics; ends with NULL; NULL: none */
    int keep_gradients;              /* gradients are slots; also makes gradients() and update() */
    int clip;                        /* with head.clip: needs all gradients at once */
    int average;                     /* with averages of the weights */
    int ranks;                       /* processes that share each batch: see mnc_ranks in train.h;
                                        0, 1: it is alone */
    int initial;                     /* init's weights are in the file; 0: init leaves zeros, and
                                        the caller sets them, from mnc_params perhaps */
} mnc_train_options;

/* One of the ways in which a kernel can compute what it computes, all of which give the same bits:
 * which is the fastest depends on the machine (mnc tune).  Texts that a kernel cannot follow are
 * ignored. */
typedef struct mnc_choice {
    const char *target;              /* "x86-64-v3" */
    const char *kernel, *shape;      /* for which layers: "conv", "1x8x9x9 by 96x8x1x1 + relu6" */
    const char *knobs;               /* "pixels=6 vectors=2 ahead=48"; the others are the rule's */
} mnc_choice;

/* All zero is the default.  Strings must live as long as the model. */
typedef struct mnc_options {
    const char *target;           /* "auto" (default), "native", "portable", "x86-64-v3" ... */
    const char *prefix;            /* of all external names; default: from the output's file name */
    const char *weights;           /* "embed" (default) or "file": NAME.weights beside the C file */
    const char *templates;           /* folder that overrides the built-in templates */
    const char *dtype;               /* of what is float32 in the model: "f32" (default); "f64", for
                                        finding out what rounding does: portable, slow */
    int plain;                       /* -O0: plain readable loops, no fusion */
    int threads;                     /* add NAME_open, NAME_run_with, NAME_close: several threads */
    int64_t batch;                   /* for a symbolic first dimension; 0: 1, with a note */
    const char *const *input_shape;  /* "NAME=1,3,224,224"; ends with NULL; NULL: none */
    const char *const *define;       /* "width=0.5": a parameter of a spec; as above */
    const char *const *bind;         /* "NAME=FILE.pb": input NAME is this constant; as above */
    int64_t selftest_work;           /* steps to spend on the self-test's expected output; 0: 25e9,
                                        some 20 s; nets that need more, or -1, get no self-test */
    const struct mnc_train_options *train;     /* NULL: infers; else: trains */
    int64_t max_ram;                 /* bytes that the arena may take; 0: any number */
    int no_fuse;                     /* each layer by itself, none together by bands of rows */
    int winograd;                    /* 3x3 convolutions by Winograd's algorithm: 1: where it should
                                        be faster; 2: wherever it can be done */
    const mnc_choice *choices;       /* n_choices of them; as strings, they must live on */
    size_t n_choices;
    size_t max_memory;               /* bytes the compiler may use; 0: no limit */
    mnc_alloc_fn *alloc;             /* NULL: malloc */
    void *alloc_user;
} mnc_options;

typedef struct mnc_model mnc_model;

/* NULL when there is no memory, which mnc_close takes as well. */
mnc_model *mnc_open(const mnc_options *options);
void mnc_close(mnc_model *m);

/* Reads an ONNX file or a spec (.mnet), once per model.  External data is looked for beside it. */
mnc_status mnc_read(mnc_model *m, const char *path);

/* The same from memory; name is used in messages and decides the format by its suffix. */
mnc_status mnc_read_data(mnc_model *m, const char *name, const void *data, size_t n);

/* How many files were opened for the model so far: 1 is its own alone. */
unsigned mnc_files(const mnc_model *m);

/* Writes the C file and, beside it, the header (net.c -> net.h) and perhaps net.weights.  Each
 * appears whole or not at all.  path "-" (standard output), a pipe or a device: the C alone. */
mnc_status mnc_write_c(mnc_model *m, const char *path);

/* The graph as text: after the pass of that name (NULL: all), or as read ("import"). */
mnc_status mnc_dump(mnc_model *m, const char *after, const char *path);

/* The memory plan, as "text" or "svg". */
mnc_status mnc_dump_plan(mnc_model *m, const char *format, const char *path);

/* Every value that is left after the passes becomes an output, in the order of computation: for
 * finding the layer that is wrong.  Before anything that compiles. */
mnc_status mnc_expose_layers(mnc_model *m);

/* The net becomes a part of itself: what stands in front of all that is trained (0), or the rest,
 * whose input is what the other gives (1).  freeze: as in mnc_train_options.  Before anything that
 * compiles. */
mnc_status mnc_split(mnc_model *m, const char *const *freeze, int behind);

/* The C file as text, without the self-test's sample.  Once per model; text lives as long as the
 * model. */
mnc_status mnc_c_text(mnc_model *m, const char **text, size_t *n);

/* The weights that belong to that text, what NAME.weights would hold: n bytes, 64-byte aligned, the
 * model's.  With weights = "file" they are here alone. */
const void *mnc_weights(const mnc_model *m, size_t *n);

/* One call of a kernel in that text.  Strings live as long as the model. */
typedef struct mnc_layer {
    int number;                  /* what the text's NET_LAYER gets; ascending */
    const char *target;          /* in whose code it stands */
    const char *name, *op;       /* of its result; "conv + add + relu" */
    const char *kernel, *tile;   /* the function; "14x32": pixels by channels in registers, or "" */
    int64_t macs, bytes;         /* multiply-adds; operands, weights and results, each once */
} mnc_layer;

/* All of them in running order, one target after the other.  After mnc_c_text, else MNC_INVALID. */
mnc_status mnc_layers(const mnc_model *m, const mnc_layer **list, size_t *n);

/* Where that text can be another: a kernel, at the shape of one layer or of several, or layers that
 * could be one band or are. */
typedef struct mnc_site {
    mnc_choice now;                          /* what the text has: every knob of the kernel */
    const int *layer;                        /* n_layer of them: the numbers of those layers */
    size_t n_layer;
    const char *const *other;                /* n_other knobs to have instead: those first that */
    size_t n_other;                          /* should be fastest */
} mnc_site;

/* All of them; after mnc_c_text, else MNC_INVALID. */
mnc_status mnc_sites(mnc_model *m, const mnc_site **list, size_t *n);

/* Replaces mnc_options.choices.  Before anything that compiles. */
void mnc_set_choices(mnc_model *m, const mnc_choice *list, size_t n);

/* C text with a function `double mnc_peak(long rounds)` that does nothing but multiply-adds, in the
 * words in which that target's kernels are written, and returns how many floating-point operations
 * it did: what the target could do at best; 0 on a CPU that is none of it.  The model need not have
 * been read. */
mnc_status mnc_peak_text(mnc_model *m, const char *target, const char **text, size_t *n);

/* The best target of this machine, which is what "native" stands for. */
const char *mnc_native_target(void);

/* Computes every value of the graph as it was read, with the reference interpreter: plain loops,
 * sums in double.  in[i] as mnc_net.run takes them.  Before anything that compiles. */
mnc_status mnc_reference(mnc_model *m, const void *const *in);

/* What mnc_reference has computed for the value of that name: type, shape and data, which belong to
 * the model.  MNC_INVALID, without a message, when there is no such value. */
mnc_status mnc_reference_value(mnc_model *m, const char *name, mnc_tensor *t, const void **data);

/* ---- parameters: learnable ones, and the statistics of batch normalisation ---- */

typedef struct mnc_param {
    mnc_tensor tensor;       /* name, type (float32, float64 or float16), shape */
    const void *data;        /* row-major */
} mnc_param;

typedef struct mnc_param_rules {
    const char *file;                /* for messages; may be NULL */
    /* "FROM=TO", applied to the names of the list: * in FROM stands for any text and passes it to
     * the * of TO; the first that matches counts; ends with NULL; NULL: none */
    const char *const *rename;
    int partial;                     /* what does not fit is a note, not an error */
} mnc_param_rules;

/* All of them, in the graph's order; they belong to the model.  After mnc_read, before anything
 * that runs the passes. */
mnc_status mnc_params(mnc_model *m, const mnc_param **list, size_t *n);

/* Sets those of these names; the data is copied.  Missing, superfluous and wrongly shaped ones are
 * all reported; without partial nothing may be left.  Before anything that runs the passes. */
mnc_status mnc_set_params(mnc_model *m, const mnc_param *list, size_t n,
                          const mnc_param_rules *rules);

/* Writes the model and its weights as ONNX (opset 17), or as a spec, or its parameters alone, by
 * the suffix of path: .onnx, .mnet, .safetensors; standard output gets a spec.  A spec has blocks
 * and loops where the net repeats; NAME.safetensors beside it has its parameters under their new
 * names, for mnc_set_params.  folded: with batch norms folded.  Whole or not at all. */
mnc_status mnc_export(mnc_model *m, const char *path, int folded);

/* The layers as they were read, with what each costs, and totals: as "text", "keras" (totals named
 * as Keras does), "json", "svg" or "dot".  Once per model. */
mnc_status mnc_summary(mnc_model *m, const char *format, const char *path);

/* A part of a report that its caller adds: what was measured, say. */
typedef struct mnc_section {
    const char *id, *title;          /* "times", "Layer times" */
    const char *html;                /* well-formed XML, what comes from a model escaped */
    /* what the page's top says of it: "3.59 ms", "an image", "one thread"; NULL: nothing */
    const char *figure, *label, *note;
} mnc_section;

/* The model as one page of HTML that is complete in itself and has no script: what it costs, its
 * layers, its graph, its memory plan, and n sections more.  text lives as long as the model.  Once
 * per model. */
mnc_status mnc_report(mnc_model *m, const mnc_section *more, size_t n, const char **text,
                      size_t *size);

typedef struct mnc_totals {
    int64_t trainable, frozen, statistics;     /* parameters; statistics: batch norm's */
    int64_t macs;                              /* multiply-adds of convolutions and dense layers */
    int64_t weight_bytes, arena_bytes;         /* for inference, batch norms folded */
    /* the state for training with sgd and the batch that the model has; of it what is kept between
     * steps; 0: it cannot be trained */
    int64_t train_bytes, kept_bytes;
} mnc_totals;

/* The totals alone.  Once per model. */
mnc_status mnc_total(mnc_model *m, mnc_totals *t);

/* Learnable parameters and multiply-adds of the graph as it was read. */
void mnc_count(const mnc_model *m, int64_t *params, int64_t *macs);

/* What was said so far, as text; "" when nothing was. */
const char *mnc_messages(mnc_model *m);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
