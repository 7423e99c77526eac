/* SPDX-License-Identifier: Apache-2.0 */
/* main: finds the verb, reads the options of options.def, shows the help. */
#include "driver/driver.h"

#include "base/diag.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct OptionInfo {
    const char *name;
    int letter;
    const char *arg;
    unsigned verbs;
    const char *help;
} OptionInfo;

#define OPTION(id, name, letter, arg, verbs, help) { name, letter, arg, verbs, help },
static const OptionInfo option_info[OPT_COUNT] = {
#include "driver/options.def"
};
#undef OPTION

typedef struct VerbInfo {
    const char *name;
    unsigned bit;
    Verb *run;
    const char *operands, *help;
} VerbInfo;

static const VerbInfo verbs[] = {
    { "compile", V_COMPILE, cmd_compile, "MODEL", "writes the model as one C file" },
    { "run", V_RUN, cmd_run, "MODEL INPUT...", "runs the model on tensors or images" },
    { "check", V_CHECK, cmd_check, "MODEL", "compares with stored outputs, or with the reference" },
    { "bench", V_BENCH, cmd_bench, "MODEL...", "times models on this machine" },
    { "tune", V_TUNE, cmd_tune, "[MODEL|LOG...]", "finds out what is fastest on this machine" },
    { "train", V_TRAIN, cmd_train, "[MODEL...]", "trains models on labelled images" },
    { "eval", V_EVAL, cmd_eval, "MODEL", "measures a trained model on labelled images" },
    { "predict", V_PREDICT, cmd_predict, "MODEL IMAGE...", "says what images show" },
    { "data", V_DATA, cmd_data, "SPEC", "shows what a data set holds" },
    { "dump", V_DUMP, cmd_dump, "MODEL", "shows the graph or the memory plan" },
    { "summary", V_SUMMARY, cmd_summary, "MODEL...", "shows layers and what they cost" },
    { "report", V_REPORT, cmd_report, "MODEL", "writes a page for the browser: all of a model" },
    { "export", V_EXPORT, cmd_export, "MODEL", "writes the model as ONNX, spec or safetensors" },
    { "passes", V_PASSES, cmd_passes, "", "lists the passes in running order" },
    { "ops", V_OPS, cmd_ops, "", "lists the operators and their attributes" },
};
enum { N_VERB = sizeof verbs / sizeof verbs[0] };

const char *option_name(OptionId id)
{
    return option_info[id].name;
}

int usage_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fputs("mnc: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputs("\nTry 'mnc --help'.\n", stderr);
    va_end(ap);
    return EXIT_USAGE;
}

static void show_verbs(FILE *f)
{
    fputs("mnc " MNC_VERSION ": compiles a neural network into one C file\n\n"
          "usage: mnc VERB [OPTION...] [FILE...]\n\n", f);
    for (int i = 0; i < N_VERB; i++)
        fprintf(f, "  %-8s %-15s %s\n", verbs[i].name, verbs[i].operands, verbs[i].help);
    fputs("\n'mnc VERB --help' shows the options of a verb, 'mnc --tables' all, for programs.\n"
          "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 ran but a check did not hold.\n", f);
}

static bool repeats(const OptionInfo *o)
{
    return o->help[0] == '+';
}

static void show_option(const OptionInfo *o)
{
    char left[64];

    snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : " ",
             o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name, o->arg ? "=" : "",
             o->arg ? o->arg : "");
    printf("  %-34s %s%s\n", left, o->help + repeats(o), repeats(o) ? "; may be repeated" : "");
}

static int show_help(const VerbInfo *v)
{
    printf("usage: mnc %s [OPTION...] %s\n\n%s\n\n", v->name, v->operands, v->help);
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_info[i].verbs & v->bit)
            show_option(&option_info[i]);
    return driver_flush(EXIT_DONE);
}

/* For the programs that make the man pages and the shells' completions: a line for each verb and
 * for each of its options, fields between tabs. */
static int show_tables(void)
{
    for (const VerbInfo *v = verbs; v < verbs + N_VERB; v++) {
        printf("verb\t%s\t%s\t%s\n", v->name, v->operands, v->help);
        for (const OptionInfo *o = option_info; o < option_info + OPT_COUNT; o++)
            if (o->verbs & v->bit)
                printf("option\t%s\t%s\t%s\t%s\t%d\t%s\n", v->name, o->name,
                       (char[]){ (char)o->letter, 0 }, o->arg ? o->arg : "", repeats(o),
                       o->help + repeats(o));
    }
    return driver_flush(EXIT_DONE);
}

/* The tables that getopt_long wants; an option that only another verb has is unknown here. */
static void getopt_tables(const VerbInfo *v, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (int i = 0; i < OPT_COUNT; i++) {
        const OptionInfo *o = &option_info[i];
        if (!(o->verbs & v->bit))
            continue;
        *longs++ = (struct option){ o->name, o->arg ? required_argument : no_argument, NULL,
                                    256 + i };
        if (o->letter) {
            *letters++ = (char)o->letter;
            if (o->arg)
                *letters++ = ':';
        }
    }
    *letters = 0;
    memset(longs, 0, sizeof *longs);
}

/* A name that is nearly right gets a hint, whatever it was set to. */
static int unknown_option(const VerbInfo *v, const char *given)
{
    const char *names[OPT_COUNT], *near = NULL;
    char name[64];
    size_t n = 0;

    for (int i = 0; i < OPT_COUNT; i++)
        if (option_info[i].verbs & v->bit)
            names[n++] = option_info[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
    if (!strncmp(name, "--", 2))
        near = diag_nearest(name + 2, names, n);
    if (near)
        return usage_error("%s has no option '%s'; did you mean '--%s'?", v->name, given, near);
    return usage_error("%s has no option '%s'", v->name, given);
}

static int unknown_verb(const char *given)
{
    const char *names[N_VERB], *near;

    for (int i = 0; i < N_VERB; i++)
        names[i] = verbs[i].name;
    near = diag_nearest(given, names, N_VERB);
    if (near)
        return usage_error("there is no verb '%s'; did you mean '%s'?", given, near);
    return usage_error("there is no verb '%s'", given);
}

static void keep(Args *args, int id, const char *value, int argc)
{
    int k = 0;

    args->value[id] = value ? value : "";
    if (!repeats(&option_info[id]))
        return;
    if (!args->list[id])
        args->list[id] = calloc((size_t)argc + 1, sizeof *args->list[id]);
    while (args->list[id] && args->list[id][k])
        k++;
    if (args->list[id])
        args->list[id][k] = value;
}

/* Verbs may share a letter. */
static int option_of_letter(const VerbInfo *v, int letter)
{
    int i = 0;

    while (i < OPT_COUNT
           && (option_info[i].letter != letter || !(option_info[i].verbs & v->bit)))
        i++;
    return i;
}

static int parse(const VerbInfo *v, int argc, char **argv, Args *args)
{
    struct option longs[OPT_COUNT + 1];
    char letters[3 * OPT_COUNT + 2];
    int c;

    getopt_tables(v, longs, letters);
    opterr = 0;
    while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (c == ':')
            return usage_error("%s: '%s' needs an argument", v->name, argv[optind - 1]);
        if (c == '?')
            return unknown_option(v, argv[optind - 1]);
        keep(args, c >= 256 ? c - 256 : option_of_letter(v, c), optarg, argc);
    }
    args->operand = (const char **)(argv + optind);
    args->n_operand = argc - optind;
    return EXIT_DONE;
}

static int run_verb(const VerbInfo *v, int argc, char **argv)
{
    Args args = { .verb = v->name };
    int code = parse(v, argc, argv, &args);

    if (code == EXIT_DONE)
        code = args.value[OPT_help] ? show_help(v) : v->run(&args);
    for (int i = 0; i < OPT_COUNT; i++)
        free(args.list[i]);
    return code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);            /* a reader that has gone is an error like a full disk */
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        show_verbs(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : driver_flush(EXIT_DONE);
    }
    if (!strcmp(argv[1], "--version")) {
        puts("mnc " MNC_VERSION);
        return driver_flush(EXIT_DONE);
    }
    if (!strcmp(argv[1], "--tables"))
        return show_tables();
    for (int i = 0; i < N_VERB; i++)
        if (!strcmp(argv[1], verbs[i].name))
            return run_verb(&verbs[i], argc - 1, argv + 1);
    return unknown_verb(argv[1]);
}
