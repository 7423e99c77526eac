/* SPDX-License-Identifier: Apache-2.0 */
/* quick: a model that this tool has compiled before, with the same options, is not read again.
 *
 * The key is over the bytes of the model's file and of its parameters', the verb, the options, the
 * tuning log, and which programs made it: this tool and the compiler.  Models of several files are
 * left out, for which others they are is known only when they are read; and those about which
 * something was said, to say it again.
 */
#include "driver/run.h"

#include "start.h"
#include "tune.h"

#include <string.h>

/* Options that say what to do with the answers. */
static bool of_answers(OptionId id)
{
    static const OptionId list[] = { OPT_output, OPT_top, OPT_softmax, OPT_labels, OPT_preprocess,
                                     OPT_json };

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (list[i] == id)
            return true;
    return false;
}

/* Options that name files are not for quick starts; but a file of parameters is, if it is all there
 * is to know of them.  An ONNX file may have them in yet another file. */
static bool names_files(const Args *args)
{
    const char *params = args_params(args);

    return args->value[OPT_bind] || args->value[OPT_templates] || args->value[OPT_recipe]
        || (params && path_has_suffix(params, ".onnx"));
}

static void add_options(RtKey *k, const Args *args)
{
    for (int id = 0; id < OPT_COUNT; id++) {
        const char **list = args->list[id];
        if (of_answers((OptionId)id))
            continue;
        rt_key_text(k, args->value[id]);
        for (; list && *list; list++)
            rt_key_text(k, *list);
    }
}

const char *quick_key(Work *w)
{
    const char *log = w->args->value[OPT_log], *params = args_params(w->args);
    RtForm form = w->args->value[OPT_jit] ? RT_RELOCATABLE : RT_SHARED;
    RtKey *k = rt_key_new(&w->a);
    RtCompiler cc;
    Diag quiet;

    diag_init(&quiet, &w->a);
    if (names_files(w->args) || !rt_choose_compiler(&w->a, NULL, form, &cc, &quiet))
        return NULL;
    rt_key_text(k, MNC_VERSION);
    rt_key_stat(k, "/proc/self/exe");
    rt_key_text(k, mnc_native_target());
    rt_key_text(k, path_base(w->model));             /* the suffix decides how it is read */
    rt_key_compiler(k, &cc);
    rt_key_text(k, w->args->verb);                   /* not all of them look into the log */
    add_options(k, w->args);
    if (params && !rt_key_file(k, params))
        return NULL;
    log = log ? log : rt_tune_path(&w->a, false);
    if (!log || !rt_key_file(k, log))
        rt_key_text(k, NULL);
    return rt_key_file(k, w->model) ? rt_key_end(k) : NULL;
}

/* The model is not open then: there is the program alone. */
bool quick_load(Work *w, const char *key, Loaded *out)
{
    return rt_program_recall(out->program, key, w->model)
        && (out->net = mnc_program_net(out->program));
}

void quick_keep(Work *w, const char *key, Loaded *l)
{
    if (mnc_files(l->model) == 1 && !*mnc_messages(l->model) && !w->d.n_message
        && !*mnc_program_messages(l->program))
        rt_program_keep(l->program, key);
}
