/* SPDX-License-Identifier: Apache-2.0 */
/* driver: the command line.  One cmd_*.c per verb; options.def is the table of options. */
#ifndef MNC_DRIVER_H
#define MNC_DRIVER_H

#include "mnc/mnc.h"

#include <stdbool.h>
#include <stdio.h>

/* Exit codes of every verb. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_HELD = 3 };

enum {
    V_COMPILE = 1, V_RUN = 2, V_CHECK = 4, V_DUMP = 8, V_PASSES = 16, V_OPS = 32,
    V_BENCH = 64, V_EXPORT = 128, V_SUMMARY = 256, V_TRAIN = 512, V_EVAL = 1024,
    V_PREDICT = 2048, V_DATA = 4096, V_REPORT = 8192, V_TUNE = 16384,
    V_LEARN = V_TRAIN | V_EVAL | V_PREDICT,        /* the verbs that know recipes */
    V_MODEL = V_COMPILE | V_RUN | V_CHECK | V_DUMP | V_BENCH | V_EXPORT | V_SUMMARY
        | V_REPORT | V_LEARN | V_TUNE,           /* the verbs that read a model */
    V_ALL = 32767
};

#define OPTION(id, ...) OPT_##id,
typedef enum OptionId {
#include "driver/options.def"
    OPT_COUNT
} OptionId;
#undef OPTION

/* What was given on the command line.  Strings point into argv. */
typedef struct Args {
    const char *verb;
    const char *value[OPT_COUNT];      /* the last one given; "" for an option without argument */
    const char **list[OPT_COUNT];      /* of options that may be repeated: all, ends with NULL */
    const char **operand;              /* what is no option; ends with NULL */
    int n_operand;
} Args;

/* Its long name, without the dashes. */
const char *option_name(OptionId id);

typedef int Verb(const Args *args);    /* an exit code */

Verb cmd_compile, cmd_run, cmd_check, cmd_dump, cmd_passes, cmd_ops, cmd_bench, cmd_export,
     cmd_summary, cmd_train, cmd_eval, cmd_predict, cmd_data, cmd_report, cmd_tune;

/* The part of mnc_options that the command line sets; false, with a message on stderr, when an
 * argument is wrong (exit code 2). */
bool args_options(const Args *args, mnc_options *o);

/* A whole number with an optional suffix k, M, G (1024s); false when text is not one. */
bool args_bytes(const char *text, size_t *out);

/* Reads the model named by path.  NULL with the exit code in *code, messages printed, on
 * failure. */
mnc_model *driver_open(const Args *args, const char *path, int *code);

/* The file that --params names, or --weights where that is not compile's "embed" or "file"; NULL:
 * none. */
const char *args_params(const Args *args);

/* --params: sets the parameters of a model that was read.  False when that fails; what is wrong
 * stands in the model's messages, or was printed. */
bool driver_params(const Args *args, mnc_model *m);

/* Prints the model's messages to stderr, closes it and returns the exit code. */
int driver_finish(mnc_model *m, mnc_status s);

/* Flushes stdout; EXIT_FAILED, with a message, when it could not take everything; else code. */
int driver_flush(int code);

/* Says what is wrong with the command line, and returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
