/* SPDX-License-Identifier: Apache-2.0 */
/* The training loop on a net written by hand: it learns, it goes on after a kill with the same
 * bits, and it stops with a reason where it cannot go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rt_job.h"
#include "build.h"
#include "hand_trainer.h"
#include "loop.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 42 };

/* Rows of a class are bright in that class's two pixels; the noise follows from the number. */
typedef struct Run {
    Job *j;
    char dir[32];
    float x[SAMPLES][HAND_IN];
    int32_t label[SAMPLES];
    const char *name[HAND_CLASSES];
    RtData data;
    RtTrainer t;
    RtLoop loop;
    volatile sig_atomic_t stop;
    int lines;
} Run;

static void count_line(void *user, const char *text)
{
    Run *r = user;

    assert_non_null(strchr(text, '\n'));
    r->lines++;
}

static void make_data(Run *r)
{
    uint32_t noise = 1;

    for (int n = 0; n < SAMPLES; n++) {
        r->label[n] = n % HAND_CLASSES;
        for (int i = 0; i < HAND_IN; i++) {
            noise = noise * 1664525u + 1013904223u;
            r->x[n][i] = (float)(noise >> 24) / 512 + (float)(i / 2 == r->label[n]);
        }
    }
    for (int k = 0; k < HAND_CLASSES; k++)
        r->name[k] = "?";
    r->data = (RtData){ .spec = "made", .kind = "npz", .n = SAMPLES, .classes = HAND_CLASSES,
                        .class_name = r->name, .channels = 1, .height = 2, .width = 3,
                        .label = r->label, .f32 = r->x[0] };
}

/* Everything but rt_loop_begin. */
static void open_run(Run *r, Job *j)
{
    RtLoaderOptions o = { .batch = HAND_BATCH, .channels = 1, .height = 2, .width = 3,
                          .shuffle = true, .drop_last = true, .seed = 3, .workers = 1 };

    memset(r, 0, sizeof *r);
    r->j = j;
    make_data(r);
    r->t = (RtTrainer){ .name = "hand", .net = &hand_net };
    assert_true(rt_trainer_open(&j->a, &r->t, 1, 0, &j->d));
    rt_recipe_default(&r->loop.recipe);
    r->loop.recipe.schedule.rate = .5;
    r->loop.recipe.momentum = .5;
    r->loop.recipe.seed = 3;
    r->loop.recipe.epochs = 6;
    r->loop.trainer = &r->t;
    r->loop.train = rt_loader_open(&j->a, &r->data, &o, &j->d);
    o.shuffle = o.drop_last = false;
    r->loop.test = rt_loader_open(&j->a, &r->data, &o, &j->d);
    assert_true(r->loop.train && r->loop.test);
    r->loop.n_train = r->loop.n_test = SAMPLES;
    r->loop.log = (RtLog){ .line = count_line, .user = r };
    r->loop.stop = &r->stop;
}

static void make_dir(Run *r)
{
    strcpy(r->dir, "/tmp/mnc-loop-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    r->loop.dir = r->dir;
}

static void remove_dir(const char *dir, Job *j)
{
    const char *const rm[] = { "rm", "-rf", dir, NULL };
    Buf said;

    buf_init(&said, &j->a);
    assert_int_equal(rt_spawn(rm, &said), 0);
}

static bool begin_and_run(Run *r)
{
    return rt_loop_begin(&r->j->a, &r->loop, &r->j->d) && rt_loop_run(&r->j->a, &r->loop, &r->j->d);
}

static void learns(void **state)
{
    Job *j = *state;
    Run r;

    open_run(&r, j);
    assert_true(begin_and_run(&r));
    assert_int_equal(r.t.head->step, 60);                 /* 42 / 4 = 10 steps, 6 epochs */
    assert_int_equal(r.loop.history.n, 6);
    assert_int_equal(r.lines, 6);
    assert_int_equal(r.loop.metrics.n, SAMPLES);          /* the short batch counts */
    assert_true(r.loop.history.row[0].train_loss > r.loop.history.row[5].train_loss);
    assert_true(r.loop.history.row[5].test_top1 > .95);
    assert_true(r.loop.history.row[5].test_auc > .97);
    assert_true(r.loop.history.row[5].epoch == 6);
}

static void stops_early(void **state)
{
    Job *j = *state;
    Run r;

    open_run(&r, j);
    r.loop.recipe.epochs = 100;
    r.loop.recipe.patience = 3;
    assert_true(begin_and_run(&r));
    assert_true(r.loop.early && r.t.head->step < 1000);
    assert_int_equal(r.loop.at.tests_without_better, 3);
}

/* ---- checkpoints ---- */

/* The state after `steps` without any interruption. */
static void undisturbed(Job *j, HandState *out)
{
    Run r;

    open_run(&r, j);
    assert_true(begin_and_run(&r));
    memcpy(out, r.t.state, offsetof(HandState, gw));
}

static bool resume_and_run(Run *r)
{
    RtCheckpoint c;
    size_t n;
    const char *const *list = rt_checkpoint_list(&r->j->a, r->dir, &n);

    return rt_loop_begin(&r->j->a, &r->loop, &r->j->d)
        && (!n || (rt_checkpoint_read(&r->j->a, list[0], &c, &r->j->d)
                   && rt_loop_resume(&r->j->a, &r->loop, &c, &r->j->d)))
        && rt_loop_run(&r->j->a, &r->loop, &r->j->d);
}

/* A child that is killed at a random moment; true when it was done before. */
static bool killed_run(const char *dir, Job *j, unsigned microseconds)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        Run r;
        open_run(&r, j);
        strcpy(r.dir, dir);
        r.loop.dir = r.dir;
        r.loop.recipe.save_every = 1;
        _exit(resume_and_run(&r) ? 0 : 1);
    }
    usleep(microseconds);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

/* Fifty kills, spread over runs that are all begun anew and end with the same bits. */
static void kills_leave_no_trace(void **state)
{
    Job *j = *state;
    HandState want;
    uint32_t random = 12345;
    int kills = 0, between = 0;
    size_t n;

    undisturbed(j, &want);
    while (kills < 50) {
        Run r;
        open_run(&r, j);
        make_dir(&r);
        for (;;) {
            random = random * 1664525u + 1013904223u;
            if (killed_run(r.dir, j, 500 + (random >> 8) % 12000))
                break;
            kills++;
            rt_checkpoint_list(&j->a, r.dir, &n);
            between += n > 0;
        }
        assert_true(resume_and_run(&r));          /* nothing left to do: the state is read */
        assert_int_equal(r.t.head->step, 60);
        assert_memory_equal(r.t.state, &want, offsetof(HandState, gw));
        assert_int_equal(r.loop.history.n, 6);
        remove_dir(r.dir, j);
    }
    assert_true(between >= 10);                   /* most did not come before the first one */
}

static void keeps_the_newest_and_the_best(void **state)
{
    Job *j = *state;
    RtCheckpoint c;
    Run r;
    size_t n;
    const char *const *list;

    open_run(&r, j);
    make_dir(&r);
    r.loop.recipe.keep = 3;
    assert_true(begin_and_run(&r));
    list = rt_checkpoint_list(&j->a, r.dir, &n);
    assert_int_equal(n, 3);
    assert_string_equal(path_base(list[0]), "step-000000060.safetensors");
    assert_string_equal(path_base(list[2]), "step-000000040.safetensors");
    assert_true(rt_checkpoint_read(&j->a, rt_loop_file(&j->a, &r.loop, "best.safetensors"), &c,
                                   &j->d));
    assert_true(c.at.best > .9 && c.n_param == 2 && c.tensors.n == 4);
    assert_string_equal(c.net, "hand");
    remove_dir(r.dir, j);
}

static void flip_byte(const char *path, off_t at)
{
    int fd = open(path, O_RDWR);
    unsigned char x;

    assert_int_equal(pread(fd, &x, 1, at), 1);
    x ^= 1;
    assert_int_equal(pwrite(fd, &x, 1, at), 1);
    close(fd);
}

/* Every byte, every shorter file: refused, with a reason. */
static void damage_is_noticed(void **state)
{
    Job *j = *state;
    RtCheckpoint c;
    struct stat st;
    const char *path;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    assert_true(begin_and_run(&r));
    path = rt_checkpoint_path(&j->a, r.dir, 60);
    assert_int_equal(stat(path, &st), 0);
    for (off_t i = 0; i < st.st_size; i += 7) {
        flip_byte(path, i);
        assert_false(rt_checkpoint_read(&j->a, path, &c, &j->d));
        assert_non_null(strstr(job_messages(j), path));
        flip_byte(path, i);
    }
    assert_true(rt_checkpoint_read(&j->a, path, &c, &j->d));
    flip_byte(path, st.st_size - 1);
    assert_false(rt_checkpoint_read(&j->a, path, &c, &j->d));
    assert_non_null(strstr(job_messages(j), "is damaged: its content is not what was written"));
    assert_int_equal(truncate(path, st.st_size / 2), 0);
    assert_false(rt_checkpoint_read(&j->a, path, &c, &j->d));
    job_messages(j);
    remove_dir(r.dir, j);
}

static bool parse(Job *j, Bytes file)
{
    RtCheckpoint c;

    return rt_checkpoint_parse(&j->a, "x.safetensors", file, &c, &j->d);
}

/* Damaged anywhere, cut, or without memory: no part of it is taken. */
static void hostile_checkpoints(void **state)
{
    Job *j = *state;
    Bytes file;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    assert_true(begin_and_run(&r));
    assert_true(file_read(&j->a, rt_checkpoint_path(&j->a, r.dir, 60), &file, &j->d));
    assert_true(parse(j, file));
    assert_int_equal(job_torture(parse, file, 13), 0);
    remove_dir(r.dir, j);
}

/* Another net's, and another run's. */
static void strangers_are_refused(void **state)
{
    Job *j = *state;
    RtCheckpoint c;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    assert_true(begin_and_run(&r));
    assert_true(rt_checkpoint_read(&j->a, rt_checkpoint_path(&j->a, r.dir, 60), &c, &j->d));
    r.t.head->layout++;
    assert_false(rt_checkpoint_load(&j->a, &c, &r.t, &j->d));
    assert_non_null(strstr(job_messages(j), "belongs to another net, or to another optimiser"));
    r.t.head->layout--;
    r.loop.recipe.seed = 4;
    r.loop.n_train = 41;
    assert_true(rt_loop_begin(&j->a, &r.loop, &j->d));
    assert_false(rt_loop_resume(&j->a, &r.loop, &c, &j->d));
    assert_int_equal(j->d.n_error, 2);
    assert_non_null(strstr(job_messages(j), "the seed was 3, now 4"));
    remove_dir(r.dir, j);
}

/* ---- where it cannot go on ---- */

static void stops_at_a_loss_that_is_none(void **state)
{
    Job *j = *state;
    const char *said;
    size_t n;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    hand_nan_at = 24;
    assert_false(begin_and_run(&r));
    hand_nan_at = -1;
    said = job_messages(j);
    assert_non_null(strstr(said, "the loss is nan at step 25 (epoch 3, batch 5), at rate 0.5"));
    assert_non_null(strstr(said, "the last good checkpoint is "));
    assert_non_null(strstr(said, "step-000000020.safetensors"));
    assert_string_equal(path_base(rt_checkpoint_list(&j->a, r.dir, &n)[0]),
                        "step-000000020.safetensors");
    remove_dir(r.dir, j);
}

static void names_the_sample_that_is_no_number(void **state)
{
    Job *j = *state;
    Run r;

    open_run(&r, j);
    r.x[13][2] = NAN;
    assert_false(begin_and_run(&r));
    assert_non_null(strstr(job_messages(j), "sample 13 has values that are not finite"));
}

/* The weights are lost before the loss tells: nothing is written. */
static void lost_weights_are_not_saved(void **state)
{
    Job *j = *state;
    size_t n;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    assert_true(rt_loop_begin(&j->a, &r.loop, &j->d));
    ((HandState *)r.t.state)->mw[1][1] = INFINITY;
    ((HandState *)r.t.state)->w[1][1] = -INFINITY;
    assert_false(rt_checkpoint_write(&j->a, rt_checkpoint_path(&j->a, r.dir, 1), &r.t,
                                     &r.loop.extra, &r.loop.at, &j->d));
    assert_non_null(strstr(job_messages(j), "'fc.weight' has values that are not finite"));
    rt_checkpoint_list(&j->a, r.dir, &n);
    assert_int_equal(n, 0);
    remove_dir(r.dir, j);
}

/* A disk that takes no more: the checkpoint before stays whole. */
static void a_full_disk_keeps_what_was(void **state)
{
    Job *j = *state;
    struct rlimit old, small;
    RtCheckpoint c;
    size_t n;
    const char *const *list;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    r.loop.recipe.epochs = 1;
    assert_true(begin_and_run(&r));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 600;
    setrlimit(RLIMIT_FSIZE, &small);
    assert_false(rt_checkpoint_write(&j->a, rt_checkpoint_path(&j->a, r.dir, 11), &r.t,
                                     &r.loop.extra, &r.loop.at, &j->d));
    setrlimit(RLIMIT_FSIZE, &old);
    assert_non_null(strstr(job_messages(j), "cannot write: File too large"));
    list = rt_checkpoint_list(&j->a, r.dir, &n);
    assert_int_equal(n, 1);
    assert_true(rt_checkpoint_read(&j->a, list[0], &c, &j->d));
    remove_dir(r.dir, j);
}

static void stop_ends_after_the_step(void **state)
{
    Job *j = *state;
    size_t n;
    Run r;

    open_run(&r, j);
    make_dir(&r);
    r.stop = SIGINT;
    assert_true(begin_and_run(&r));
    assert_true(r.loop.stopped);
    assert_int_equal(r.t.head->step, 1);
    assert_string_equal(path_base(rt_checkpoint_list(&j->a, r.dir, &n)[0]),
                        "step-000000001.safetensors");
    remove_dir(r.dir, j);
}

static void recipes_that_cannot_be(void **state)
{
    Job *j = *state;
    Run r;

    open_run(&r, j);
    r.loop.recipe.epochs = 0;
    assert_false(rt_loop_begin(&j->a, &r.loop, &j->d));
    assert_non_null(strstr(job_messages(j), "neither epochs nor steps are given"));
    r.loop.recipe.epochs = 2;
    r.loop.recipe.schedule.kind = RT_COSINE;
    r.loop.recipe.warmup_epochs = 3;
    assert_false(rt_loop_begin(&j->a, &r.loop, &j->d));
    assert_non_null(strstr(job_messages(j), "the warm-up of 30 is not shorter than the whole, 20"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, job_setup, job_teardown)
    static const struct CMUnitTest tests[] = {
        TEST(learns), TEST(stops_early), TEST(kills_leave_no_trace),
        TEST(keeps_the_newest_and_the_best), TEST(damage_is_noticed), TEST(hostile_checkpoints),
        TEST(strangers_are_refused),
        TEST(stops_at_a_loss_that_is_none), TEST(names_the_sample_that_is_no_number),
        TEST(lost_weights_are_not_saved), TEST(a_full_disk_keeps_what_was),
        TEST(stop_ends_after_the_step), TEST(recipes_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
