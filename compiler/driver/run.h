/* SPDX-License-Identifier: Apache-2.0 */
/* run: what `mnc run` and `mnc check` share, and the parts of `mnc run`.
 *
 * The way of the data: a model becomes a loaded program (loaded.c); files become input tensors or
 * photos (run_inputs.c); the net answers (cmd_run.c); answers become lines or JSON (run_report.c).
 */
#ifndef MNC_DRIVER_RUN_H
#define MNC_DRIVER_RUN_H

#include "driver/driver.h"
#include "mnc/run.h"

#include "preprocess.h"
#include "tensor.h"

#include <jansson.h>

/* ---- loaded.c ---- */

/* What a verb works with.  Memory goes, and messages are shown, when it has returned. */
typedef struct Work {
    const Args *args;
    const char *model;           /* path of the model that open_model reads: the first operand */
    mnc_options options;
    const char *compiler;        /* command; NULL: the usual one */
    const struct RtTuneLog *tuned;       /* what use_tuned went by; NULL: nothing */
    const char *tuned_for;               /* that compiler's name in it */
    bool too_large;              /* no schedule keeps to options.max_ram: exit code 3 */
    Arena a;
    Diag d;
    void *own;                   /* the verb's */
    enum { PART_ALL, PART_FROZEN, PART_TRAINED } part;   /* of the model: see mnc_split */
    const char *const *freeze;   /* where it is split */
} Work;

/* fn's exit code; EXIT_USAGE when the model's options are wrong, EXIT_FAILED without memory. */
int do_work(const Args *args, int (*fn)(Work *w), void *own);
/* The same for one of several models; NULL: fn finds out which. */
int do_work_on(const Args *args, const char *model, int (*fn)(Work *w), void *own);

/* A model, compiled and loaded.  Both handles are closed with the arena. */
typedef struct Loaded {
    mnc_model *model;
    mnc_program *program;
    const mnc_net *net;
    double translate_seconds;    /* from the model's file to C */
    size_t text_bytes;           /* of the C, which is without the weights */
} Loaded;

/* With LOAD_TIMED the program has a `LayerHook net_layer_hook`, which must be filled before a run
 * and is called after each layer. */
typedef struct LayerHook {
    void (*call)(void *user, int number);
    void *user;
} LayerHook;

/* LOAD_ALL_LAYERS: all layers' results are outputs.  LOAD_FRESH: without the cache.  LOAD_TUNED: as
 * the tuning log says.  LOAD_QUIET: what is wrong is not shown.
 * LOAD_NET: the net alone is wanted; the model is NULL where the cache made it superfluous. */
enum { LOAD_ALL_LAYERS = 1, LOAD_TIMED = 2, LOAD_FRESH = 4, LOAD_TUNED = 8, LOAD_QUIET = 16,
       LOAD_NET = 32 };

/* quick.c: the key under which a net is kept for quick starts, NULL: it is not; what was kept,
 * loaded into out->program, or false; and the keeping. */
const char *quick_key(Work *w);
bool quick_load(Work *w, const char *key, Loaded *out);
void quick_keep(Work *w, const char *key, Loaded *l);

/* tune_use.c: the choices of the tuning log, unless the options are against it; and, if it will be
 * compiled here, the compiler that was found better for this net.  After m was read. */
void use_tuned(Work *w, mnc_model *m, bool compiles);

/* The model at w->model, read; NULL, with its messages shown, when that fails.  It is
 * closed with the arena. */
mnc_model *open_model(Work *w);

/* The same, compiled and loaded.  False when that fails; what model and program say goes to
 * standard error. */
bool load_model(Work *w, int how, Loaded *out);

/* Type and shape of an input or output of a net, without data. */
RtTensor net_tensor(const mnc_tensor *t);
/* Room for all outputs of one run, and the run.  False when the net refuses. */
RtTensor *new_outputs(Arena *a, const mnc_net *net);
bool run_net(Arena *a, Loaded *l, const void *const *in, RtTensor *out);
/* True when t has the type and shape that the net's tensor want has; else an error for file. */
bool fits_net(Arena *a, const char *file, const RtTensor *t, const mnc_tensor *want, Diag *d);

/* Text to standard output; false, with a message in d, when not all of it could be written. */
bool print_out(Arena *a, const char *text, Diag *d);
bool print_json(Arena *a, json_t *root, Diag *d);
/* A JSON string of bytes that may be no UTF-8; a number, or null when it is not finite. */
json_t *json_text(Arena *a, const char *s);
json_t *json_number(double x);
json_t *json_shape(int rank, const int64_t *dim);

/* ---- run_inputs.c ---- */

typedef struct RunInputs {
    const void **tensor;         /* by input; NULL: the photos' */
    const char **photo;          /* paths */
    size_t n_photo;
    int photo_input;             /* -1: no photos */
    RtPreprocess preprocess;
    RtImageInput image;
    int64_t at_once;             /* photos that one run takes: the input's first dimension */
} RunInputs;

/* Each arg is FILE or NAME=FILE.  file: the model's side file, text: --preprocess or NULL. */
typedef struct RunRequest {
    const char *model;
    const char *const *arg;
    size_t n_arg;
    const RtModelFile *file;
    const char *preprocess;
} RunRequest;
bool find_inputs(Arena *a, const RunRequest *r, const mnc_net *net, RunInputs *out, Diag *d);

/* ---- run_report.c ---- */

typedef enum { SOFTMAX_AUTO, SOFTMAX_YES, SOFTMAX_NO } SoftmaxMode;

/* All that was computed: outputs by run, and what each row of a run was made from. */
typedef struct RunResult {
    const char *model;
    const mnc_net *net;
    RtTensor **out;              /* [n_run][net->n_output] */
    size_t n_run;
    const char *const *photo;    /* NULL: the inputs were tensors, n_run is 1 */
    size_t n_photo;
    int64_t at_once;
    const char *const *label;    /* NULL: none */
    int64_t n_label;
    int64_t top;                 /* below 0: not asked for */
    SoftmaxMode softmax;
} RunResult;

bool report_text(Arena *a, const RunResult *r, Diag *d);
bool report_json(Arena *a, const RunResult *r, Diag *d);

/* --output: .npy for a net of one output, .npz for any; photos along the first axis. */
bool save_outputs(Arena *a, const RunResult *r, const char *path, Diag *d);

#endif
