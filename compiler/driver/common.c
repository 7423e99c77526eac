/* SPDX-License-Identifier: Apache-2.0 */
/* common: what the verbs share. */
#include "driver/driver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool args_bytes(const char *text, size_t *out)
{
    static const char units[] = "kMG";
    char *end;
    unsigned long long n;

    errno = 0;
    n = strtoull(text, &end, 10);
    if (errno || end == text || *text == '-')
        return false;
    if (*end) {
        const char *u = strchr(units, *end);
        if (!u || end[1] || n > SIZE_MAX >> 10 * (u - units + 1))
            return false;
        n <<= 10 * (u - units + 1);
    }
    *out = (size_t)n;
    return true;
}

/* An argument that must be one of two words. */
static bool one_of(const Args *args, OptionId id, const char *a, const char *b)
{
    const char *v = args->value[id];

    if (!v || !strcmp(v, a) || !strcmp(v, b))
        return true;
    usage_error("--%s is %s or %s, not '%s'", option_name(id), a, b, v);
    return false;
}

static bool number(const Args *args, OptionId id, size_t most, size_t *out)
{
    const char *v = args->value[id];

    if (!v || (args_bytes(v, out) && *out && *out <= most))
        return true;
    usage_error("--%s is a number from 1 on, not '%s'", option_name(id), v);
    return false;
}

/* Where the generated file has its weights. */
static bool is_place(const char *weights)
{
    return !strcmp(weights, "embed") || !strcmp(weights, "file");
}

/* compile's --weights has been a place before it could name a file; no file of weights has a name
 * without a suffix, so the two cannot be mistaken for each other. */
const char *args_params(const Args *args)
{
    const char *placed = args->value[OPT_weights];

    return args->value[OPT_params] ? args->value[OPT_params]
         : args->value[OPT_weights_file] ? args->value[OPT_weights_file]
         : placed && !is_place(placed) ? placed : NULL;
}

/* A word that is neither a place nor looks like a file is a mistyped place. */
static bool weights(const Args *args)
{
    const char *v = args->value[OPT_weights];
    bool file = args->value[OPT_weights_file] || (v && !is_place(v));

    if (v && !is_place(v) && !strchr(v, '.'))
        usage_error("--weights is embed or file, or a file of parameters, not '%s'", v);
    else if (file && args->value[OPT_params])
        usage_error("--weights=FILE and --params are the same: give one of them");
    else
        return true;
    return false;
}

/* These say how --params are taken; alone they say nothing. */
static bool needs_params(const Args *args, OptionId id)
{
    if (!args->value[id] || args_params(args))
        return true;
    usage_error("--%s needs --params", option_name(id));
    return false;
}

/* A wrong name would silently mean the built-in templates. */
static bool folder(const Args *args, OptionId id)
{
    const char *v = args->value[id];
    struct stat st;

    if (!v || (!stat(v, &st) && S_ISDIR(st.st_mode)))
        return true;
    usage_error("--%s: '%s' is not a folder", option_name(id), v);
    return false;
}

/* Three quarters of the machine's memory: a hostile file shall not bring it down. */
static size_t most_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (size_t)pages / 4 * 3 * (size_t)size : 0;
}

bool args_options(const Args *args, mnc_options *o)
{
    size_t batch = 0, max_ram = 0;

    memset(o, 0, sizeof *o);
    o->max_memory = most_memory();
    if (!weights(args) || !one_of(args, OPT_level, "0", "2")
        || !one_of(args, OPT_dtype, "f32", "f64")
        || !number(args, OPT_batch, INT64_MAX, &batch)
        || !number(args, OPT_max_memory, SIZE_MAX, &o->max_memory)
        || !number(args, OPT_max_ram, INT64_MAX, &max_ram)
        || !needs_params(args, OPT_rename) || !needs_params(args, OPT_partial)
        || !needs_params(args, OPT_by_shape)
        || !folder(args, OPT_templates))
        return false;
    o->batch = (int64_t)batch;
    o->max_ram = (int64_t)max_ram;
    o->no_fuse = args->value[OPT_no_fuse] != NULL;
    o->winograd = args->value[OPT_winograd] != NULL;
    o->target = args->value[OPT_target];
    o->prefix = args->value[OPT_prefix];
    if (args->value[OPT_weights] && is_place(args->value[OPT_weights]))
        o->weights = args->value[OPT_weights];
    o->templates = args->value[OPT_templates];
    o->dtype = args->value[OPT_dtype];
    o->plain = args->value[OPT_level] && !strcmp(args->value[OPT_level], "0");
    o->selftest_work = args->value[OPT_no_selftest] ? -1 : 0;
    o->threads = args->value[OPT_threads] != NULL;
    o->input_shape = (const char *const *)args->list[OPT_input_shape];
    o->define = (const char *const *)args->list[OPT_define];
    o->bind = (const char *const *)args->list[OPT_bind];
    return true;
}

/* Weights that change cannot be transformed beforehand. */
static bool no_winograd(const Args *args)
{
    if (!args->value[OPT_train] || !args->value[OPT_winograd])
        return true;
    usage_error("--winograd is not for --train");
    return false;
}

/* These say how to train. */
static bool needs_train(const Args *args)
{
    static const OptionId how[] = { OPT_optimizer, OPT_loss, OPT_freeze, OPT_keep_gradients,
                                    OPT_clip_norm, OPT_average, OPT_ranks };

    for (size_t i = 0; i < sizeof how / sizeof how[0]; i++)
        if (args->value[how[i]] && !args->value[OPT_train]) {
            usage_error("--%s needs --train", option_name(how[i]));
            return false;
        }
    return true;
}

static mnc_train_options train_options(const Args *args)
{
    return (mnc_train_options){
        .optimizer = args->value[OPT_optimizer], .loss = args->value[OPT_loss],
        .freeze = (const char *const *)args->list[OPT_freeze],
        .keep_gradients = args->value[OPT_keep_gradients] != NULL,
        .clip = args->value[OPT_clip_norm] != NULL,
        .average = args->value[OPT_average] != NULL, .initial = 1,
    };
}

mnc_model *driver_open(const Args *args, const char *path, int *code)
{
    mnc_train_options train = train_options(args);
    size_t ranks = 1;
    mnc_options o;
    mnc_model *m;
    mnc_status s;

    *code = EXIT_USAGE;
    if (!args_options(args, &o) || !needs_train(args) || !no_winograd(args)
        || !number(args, OPT_ranks, INT32_MAX, &ranks))
        return NULL;
    train.ranks = (int)ranks;
    if (args->value[OPT_train])
        o.train = &train;
    *code = EXIT_FAILED;
    m = mnc_open(&o);
    if (!m) {
        fputs("mnc: out of memory\n", stderr);
        return NULL;
    }
    s = mnc_read(m, path);
    if (s == MNC_OK && driver_params(args, m))
        return m;
    s = s == MNC_OK ? MNC_INVALID : s;
    *code = driver_finish(m, s);
    return NULL;
}

int driver_finish(mnc_model *m, mnc_status s)
{
    fputs(mnc_messages(m), stderr);
    mnc_close(m);
    return s == MNC_OK ? EXIT_DONE : s == MNC_TOO_LARGE ? EXIT_NOT_HELD : EXIT_FAILED;
}

int driver_flush(int code)
{
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {       /* of an earlier write the reason is gone */
        fprintf(stderr, "mnc: cannot write to standard output%s%s\n", errno ? ": " : "",
                errno ? strerror(errno) : "");
        return EXIT_FAILED;
    }
    return code;
}
