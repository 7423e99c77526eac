/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_train: `mnc train [NET...] --data SPEC [--recipe NAME]`: one net after the other, compiled
 * for training, trained on the data, evaluated on its test part; checkpoints, log and curves go to
 * a folder.
 */
#include "driver/stop.h"
#include "driver/train.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One net. */
typedef struct Job {
    Work *w;
    RtRecipe recipe;
    Training training;
    RtTrainer trainer;
    RtData train, test;
    RtLoop loop;
    const RtRanks *ranks;        /* NULL: one process */
    Front *front;                /* NULL: the net takes the images itself */
    const char *dir;
    TrainResult result;
} Job;

/* ---- data ---- */

static bool open_part(Job *j, RtPart part, RtData *out, Diag *d)
{
    RtDataOptions o = { .part = part, .share = j->recipe.share,
                        .seed = (uint64_t)j->recipe.seed, .classes = j->trainer.api->classes,
                        .bad = (RtBad)j->recipe.bad, .workers = (int)j->recipe.workers };

    return rt_data_open(&j->w->a, j->recipe.data, &o, out, d);
}

/* Each rank loads its part of every batch. */
static void take_part(const Job *j, RtLoaderOptions *o)
{
    o->rank = j->ranks ? j->ranks->rank : 0;
    o->ranks = j->ranks ? j->ranks->n : 0;
}

/* once: in the order of the set, all of it. */
static RtLoader *open_images(Job *j, const RtData *data, bool train, bool once)
{
    const mnc_tensor *x = j->front ? features_input(j->front) : &j->trainer.net->input[0];
    RtLoaderOptions o = {
        .batch = j->trainer.api->batch, .channels = (int)x->dim[1], .height = (int)x->dim[2],
        .width = (int)x->dim[3], .steps = train ? j->recipe.augment : j->recipe.test_augment,
        .normalise = j->recipe.normalise, .shuffle = train && j->recipe.shuffle && !once,
        .drop_last = train && !once, .seed = (uint64_t)j->recipe.seed,
        .workers = (int)j->recipe.workers
    };

    if (!once)
        take_part(j, &o);
    return rt_loader_open(&j->w->a, data, &o, &j->w->d);
}

/* Of what the frozen part has given: numbers as they are. */
static RtLoader *open_features(Job *j, RtData *data, bool train)
{
    RtLoaderOptions o = { .batch = j->trainer.api->batch, .channels = 1, .height = 1,
                          .shuffle = train && j->recipe.shuffle, .drop_last = train,
                          .seed = (uint64_t)j->recipe.seed, .workers = (int)j->recipe.workers };
    RtLoader *images = open_images(j, data, train, true);

    if (!images || !features_of(j->front, images, data))
        return NULL;
    rt_loader_close(images);
    o.width = data->width;
    take_part(j, &o);
    return rt_loader_open(&j->w->a, data, &o, &j->w->d);
}

static RtLoader *open_loader(Job *j, RtData *data, bool train)
{
    return j->front ? open_features(j, data, train) : open_images(j, data, train, false);
}

/* Test images that do not fit are found out now, not after the first epoch. */
static bool try_tests(Job *j)
{
    RtBatch b;

    if (rt_loader_next(j->loop.test, &b, &j->w->d))
        return rt_loader_seek(j->loop.test, (RtPlace){ 0, 0 }, &j->w->d);
    if (j->recipe.augment && !j->recipe.test_augment)
        diag_hint(&j->w->d, "it is for testing: --test-augment says how those are prepared");
    return false;
}

static bool open_data(Job *j)
{
    const mnc_tensor *x = j->front ? features_input(j->front) : &j->trainer.net->input[0];

    if (x->rank != 4) {
        diag_error(&j->w->d, (Pos){ .file = j->w->model }, "takes no images: its input has %d "
                   "dimensions, not 4", x->rank);
        return false;
    }
    if (!open_part(j, RT_TRAIN, &j->train, &j->w->d)
        || !open_part(j, RT_TEST, &j->test, &j->w->d))
        return false;
    j->loop.n_train = j->train.n;
    j->loop.n_test = j->test.n;
    j->loop.train = open_loader(j, &j->train, true);
    j->loop.test = j->test.n ? open_loader(j, &j->test, false) : NULL;
    return j->loop.train && (!j->test.n || (j->loop.test && try_tests(j)));
}

/* ---- the net ---- */

/* What a checkpoint holds beside the state: the other parameters, and what eval and predict need to
 * prepare an image as it was in training. */
static void fill_extra(Job *j)
{
    Arena *a = &j->w->a;
    RtExtra *e = &j->loop.extra;
    Buf names;

    e->frozen = (RtTensors){ j->training.param, j->training.n_param };
    buf_init(&names, a);
    for (int i = 0; i < j->train.classes; i++)
        buf_printf(&names, "%s%s", i ? "\n" : "", j->train.class_name[i]);
    e->texts.t = arena_new_n(a, RtText, 4);
    e->texts.t[e->texts.n++] = (RtText){ "data.classes", names.p };
    if (j->recipe.normalise)
        e->texts.t[e->texts.n++] = (RtText){ "data.normalise", j->recipe.normalise };
    if (j->recipe.test_augment)
        e->texts.t[e->texts.n++] = (RtText){ "data.test_augment", j->recipe.test_augment };
}

/* An image must look the same in each epoch. */
static bool can_cache(Job *j)
{
    if (!j->recipe.cache_features || !rt_steps_random(&j->w->a, j->recipe.augment))
        return true;
    diag_error(&j->w->d, (Pos){ .file = j->w->model }, "cache_features: images of an augmentation "
               "by chance, '%s', are not the same twice", diag_quote(&j->w->a, j->recipe.augment));
    return false;
}

static bool open_net(Job *j)
{
    Work *w = j->w;
    int threads = thread_count(w);

    if (!threads)
        return false;
    choose_batch(w, &j->recipe);
    choose_seed(w, &j->recipe);
    w->options.threads = threads > 1;
    if (!ranks_split(j->ranks, w, &j->training) || !can_cache(j)
        || !load_training(w, &j->recipe, &j->training))
        return false;
    if (j->recipe.cache_features) {
        j->front = features_open(w, &j->training, threads);
        if (!j->front)
            return false;
    }
    j->trainer.name = w->model;
    j->trainer.net = j->training.net.net;
    return rt_trainer_open(&w->a, &j->trainer, threads, (uint64_t)j->recipe.seed, &w->d)
        && rt_trainer_set(&w->a, &j->trainer, j->training.param, j->training.n_param, &w->d);
}

/* ---- checkpoints ---- */

/* It may be there already, as a folder. */
static bool make_one(const char *path)
{
    struct stat st;

    if (!mkdir(path, 0777))
        return true;
    if (errno != EEXIST || stat(path, &st))
        return false;
    errno = ENOTDIR;
    return S_ISDIR(st.st_mode);
}

static bool make_folder(Job *j)
{
    const char *given = j->w->args->value[OPT_folder];

    j->dir = given ? given : arena_printf(&j->w->a, "%s.train", path_stem(&j->w->a, j->w->model));
    if (j->w->args->n_operand > 1 && given)
        j->dir = arena_printf(&j->w->a, "%s/%s", given, path_stem(&j->w->a, j->w->model));
    j->loop.dir = j->dir;
    if ((given && !make_one(given)) || !make_one(j->dir)) {
        diag_error(&j->w->d, (Pos){ .file = j->dir }, "cannot be made: %s", strerror(errno));
        return false;
    }
    return true;
}

/* A damaged checkpoint is not gone on from silently; but which other one there is, is said. */
static void offer_other(Job *j, const char *path)
{
    size_t n;
    const char *const *list = rt_checkpoint_list(&j->w->a, j->dir, &n);

    for (size_t i = 0; i < n; i++) {
        RtCheckpoint c;
        Diag quiet;
        diag_init(&quiet, &j->w->a);
        if (strcmp(list[i], path) && rt_checkpoint_read(&j->w->a, list[i], &c, &quiet)) {
            diag_hint(&j->w->d, "the one before it is whole: --resume=%s", list[i]);
            return;
        }
    }
    diag_hint(&j->w->d, "there is no other in '%s'", j->dir);
}

static bool resume(Job *j)
{
    const char *path = j->w->args->value[OPT_resume];
    RtCheckpoint c;
    size_t n;

    if (!path)
        return true;
    if (!strcmp(path, "last")) {
        const char *const *list = rt_checkpoint_list(&j->w->a, j->dir, &n);
        if (n == 0)
            return true;                 /* killed before the first one: from the beginning */
        path = list[0];
    }
    if (!rt_checkpoint_read(&j->w->a, path, &c, &j->w->d)) {
        offer_other(j, path);
        return false;
    }
    return rt_loop_resume(&j->w->a, &j->loop, &c, &j->w->d);
}

/* A new run in a folder that has a run's checkpoints would mix the two. */
static bool folder_is_free(Job *j)
{
    size_t n;

    if (j->w->args->value[OPT_resume])
        return true;
    rt_checkpoint_list(&j->w->a, j->dir, &n);
    if (!n)
        return true;
    diag_error(&j->w->d, (Pos){ .file = j->dir }, "has checkpoints of a run");
    diag_hint(&j->w->d, "--resume=last goes on from them; -o names another folder");
    return false;
}

/* ---- the end ---- */

static bool write_text(Job *j, const char *name, void (*put)(Buf *out, const char *net,
                                                             const RtHistory *h))
{
    OutFile *f = file_create(&j->w->a, rt_loop_file(&j->w->a, &j->loop, name), &j->w->d);

    if (!f)
        return false;
    put(file_buf(f), j->trainer.net->name, &j->loop.history);
    return file_commit(f, &j->w->d);
}

static void fill_result(Job *j, TrainResult *r)
{
    const RtHistory *h = &j->loop.history;
    const RtRow *last = h->n ? &h->row[h->n - 1] : NULL;

    r->done = true;
    r->train_top1 = last ? last->train_top1 : NAN;
    r->test_top1 = last ? last->test_top1 : NAN;
    r->test_loss = last ? last->test_loss : NAN;
    r->seconds = last ? last->seconds : 0;
    r->epoch_seconds = last && last->epoch > 0 ? last->seconds / last->epoch : 0;
    r->steps = (double)j->trainer.head->step;
    r->state_bytes = (double)j->trainer.api->state_bytes;
    for (size_t i = 0; i < j->training.n_param; i++)
        r->params += (double)rt_count(&j->training.param[i]);
}

static void say_stopped(const Job *j)
{
    fprintf(stderr, "mnc: stopped after step %lld of %lld, saved in '%s'\n"
            "The same command with --resume=last goes on from there.\n",
            (long long)j->trainer.head->step, (long long)j->loop.steps, j->dir);
}

/* What a run takes is known before its first step. */
static void say_size(const Job *j)
{
    const mnc_trainer *t = j->trainer.api;

    fprintf(stderr, "%s: batch %lld, %zu bytes of memory, of which a checkpoint has %zu\n",
            j->trainer.net->name, (long long)j->loop.at.batch, t->state_bytes, t->kept_bytes);
}

static bool run_loop(Job *j)
{
    struct sigaction old[STOP_SIGNALS];
    bool ok;

    j->loop.stop = &stop_signal;
    if (team_first(j->ranks))
        say_size(j);
    stop_watch(old);
    ok = rt_loop_run(&j->w->a, &j->loop, &j->w->d);
    stop_unwatch(old);
    return ok;
}

/* ---- stages, which all ranks enter and leave together ---- */

static bool make_place(Job *j)
{
    return make_folder(j) && folder_is_free(j);
}

static bool begin_loop(Job *j)
{
    return rt_loop_begin(&j->w->a, &j->loop, &j->w->d);
}

static bool join_loop(Job *j)
{
    return rt_loop_join(&j->loop, &j->w->d);
}

static bool write_texts(Job *j)
{
    return write_text(j, "log.json", rt_history_json)
        && write_text(j, "curves.svg", rt_history_svg);
}

/* mine: this rank has to do it. */
static bool stage(Job *j, bool mine, bool (*fn)(Job *j))
{
    return team_agree(j->ranks, &j->w->d, !mine || fn(j));
}

/* The folder before the compiler, the compiler before the data.  Rank 0 compiles first: the others
 * on its machine then find the net in the cache. */
static bool begin(Job *j, bool first)
{
    if (!stage(j, first, make_place) || !stage(j, first, open_net) || !stage(j, !first, open_net)
        || !stage(j, true, open_data))
        return false;
    fill_extra(j);
    return stage(j, true, begin_loop) && stage(j, first, resume) && stage(j, true, join_loop);
}

/* What can be known without looking at anything but words: EXIT_DONE when it is right. */
static int check_recipe(Work *w, Job *j)
{
    TrainResult *result = w->own;

    if (!read_recipe(w, &j->recipe))
        return EXIT_FAILED;
    if (!result->net)
        result->net = strdup(w->model);
    if (!j->recipe.data) {
        diag_error(&w->d, (Pos){ .file = w->model }, "train needs --data");
        return EXIT_USAGE;
    }
    if (!j->recipe.epochs && !j->recipe.steps) {
        diag_error(&w->d, (Pos){ .file = w->model }, "train needs --epochs or --steps");
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

/* The cheap mistakes first. */
static int train(Work *w)
{
    Job *j = arena_new(&w->a, Job);
    TrainResult *result = w->own;
    bool first = team_first(result->ranks);
    int code;

    j->w = w;
    j->ranks = j->loop.ranks = result->ranks;
    result->agreed = false;
    code = check_recipe(w, j);
    if (!team_agree(j->ranks, &w->d, code == EXIT_DONE)) {
        result->agreed = true;
        return code == EXIT_DONE ? EXIT_FAILED : code;
    }
    j->loop.recipe = j->recipe;
    j->loop.trainer = &j->trainer;
    if (first)
        show_log(&j->loop.log, w->args->value[OPT_json] != NULL);
    if (!begin(j, first)) {
        result->agreed = true;
        return EXIT_FAILED;
    }
    if (!run_loop(j)) {
        result->agreed = j->loop.together;
        return EXIT_FAILED;
    }
    result->agreed = true;
    if (!stage(j, first, write_texts))
        return EXIT_FAILED;
    fill_result(j, result);
    if (!j->loop.stopped)
        return EXIT_DONE;
    if (first)
        say_stopped(j);
    return 128 + (stop_signal ? (int)stop_signal : SIGTERM);
}

/* A net that fails does not keep the others from being trained, but for the exit code; a rank that
 * fails alone takes the others with it. */
int cmd_train(const Args *args)
{
    int n = args->n_operand > 0 ? args->n_operand : 1, code = EXIT_DONE;
    TrainResult *r = calloc((size_t)n, sizeof *r);
    const RtRanks *ranks;

    if (!args->n_operand && !args->value[OPT_recipe])
        code = usage_error("train takes a net, or --recipe of one");
    if (!train_ranks(&ranks)) {
        free(r);
        return EXIT_FAILED;
    }
    for (int i = 0; r && i < n && code != EXIT_USAGE && !stop_signal; i++) {
        int one;
        r[i].net = args->n_operand ? args->operand[i] : NULL;
        r[i].ranks = ranks;
        one = do_work_on(args, r[i].net, train, &r[i]);
        if (ranks && !r[i].agreed)
            ranks->end(ranks->others.user, false, one);
        code = one != EXIT_DONE ? one : code;
    }
    if (r && code != EXIT_USAGE && team_first(ranks))
        show_results(r, n, args->value[OPT_json] != NULL);
    if (ranks)
        ranks->end(ranks->others.user, true, code);
    if (r && !args->n_operand)
        free((char *)(uintptr_t)r->net);
    free(r);
    return r ? driver_flush(code) : EXIT_FAILED;
}
