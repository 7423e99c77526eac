/* SPDX-License-Identifier: Apache-2.0 */
/* progress: see progress.h.  The bar is tqdm's (tqdm/std.py, format_meter): eighths of a block,
 * elapsed<remaining, batches a second or seconds a batch. */
#include "progress.h"

#include <math.h>
#include <string.h>

/* 00:38, or 1:02:03 from an hour on. */
static void put_time(Buf *b, double seconds)
{
    long long s = seconds > 0 && seconds < 1e12 ? (long long)seconds : 0;

    if (s >= 3600)
        buf_printf(b, "%lld:", s / 3600);
    buf_printf(b, "%02lld:%02lld", s / 60 % 60, s % 60);
}

static void put_clock(Buf *b, double seconds)
{
    long long s = seconds > 0 && seconds < 1e12 ? (long long)seconds : 0;

    buf_printf(b, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
}

static double per_second(const RtProgress *p)
{
    return p->seconds > 0 ? (double)p->timed / p->seconds : 0;
}

/* What a bar leaves out, more and more, where the terminal is narrow. */
typedef enum Detail { ALL, ONE_SPEED, SHORT_HEAD, NO_COUNTS, NO_SPEED, NO_BLOCKS } Detail;

static void put_speed(Buf *b, const RtProgress *p, Detail detail)
{
    double speed = per_second(p);
    bool images = p->format != RT_LOG_EPOCH;

    if (detail < ONE_SPEED || !images) {
        if (speed <= 0)
            buf_str(b, ", ?it/s");
        else if (speed < 1)
            buf_printf(b, ", %.2fs/it", 1 / speed);
        else
            buf_printf(b, ", %.2fit/s", speed);
    }
    if (images)
        buf_printf(b, ", %.4g images/s", speed * (double)p->batch);
}

/* "[00:38<00:00, 2.37it/s]" */
static void put_times(Buf *b, const RtProgress *p, Detail detail)
{
    double speed = per_second(p);

    if (detail < NO_BLOCKS) {
        buf_char(b, '[');
        put_time(b, p->seconds);
    }
    buf_char(b, '<');
    if (speed > 0)
        put_time(b, (double)(p->total - p->done) / speed);
    else
        buf_char(b, '?');
    if (detail < NO_SPEED)
        put_speed(b, p, detail);
    if (detail < NO_BLOCKS)
        buf_char(b, ']');
}

/* width characters, the last full one in eighths. */
static void put_blocks(Buf *b, double share, int width)
{
    static const char *const eighth[] = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
    int n = (int)(share * width * 8);

    for (int i = 0; i < width; i++, n -= 8)
        buf_str(b, n >= 8 ? "█" : n > 0 ? eighth[n] : " ");
}

static void put_head(Buf *b, const RtProgress *p, Detail detail)
{
    const char *what = !p->test ? "train" : p->format == RT_LOG_EPOCH ? "valid" : "test";
    bool brief = detail >= SHORT_HEAD;

    if (detail < NO_BLOCKS)
        buf_printf(b, brief ? "%s " : "%s epoch[", what);
    buf_printf(b, "%lld", (long long)p->epoch + 1);
    if (p->epochs)
        buf_printf(b, "/%lld", (long long)p->epochs);
    buf_printf(b, brief ? " loss %.3f acc %.3f " : "] loss:%.3f, acc:%.3f: ", p->loss, p->top1);
}

/* What stands on both sides of the blocks. */
static void put_sides(Buf *head, Buf *tail, const RtProgress *p, Detail detail)
{
    double share = p->total > 0 ? (double)p->done / (double)p->total : 0;

    put_head(head, p, detail);
    buf_printf(head, "%3d%%%s", (int)(100 * share), detail < NO_BLOCKS ? "|" : "");
    buf_str(tail, detail < NO_BLOCKS ? "| " : " ");
    if (detail < NO_COUNTS)
        buf_printf(tail, "%lld/%lld ", (long long)p->done, (long long)p->total);
    put_times(tail, p, detail);
}

/* columns 0: a bar of three blocks, for a line that stays. */
static void put_bar(Buf *b, const RtProgress *p, int columns)
{
    enum { LEAST = 4, MOST = 60 };       /* blocks */
    double share = p->total > 0 ? (double)p->done / (double)p->total : 0;
    int width = 3, rest;
    Buf head, tail;
    Detail detail = ALL;

    for (;; detail++) {
        buf_init(&head, b->arena);
        buf_init(&tail, b->arena);
        put_sides(&head, &tail, p, detail);
        rest = columns - (int)(head.n + tail.n);       /* all of it is ASCII */
        if (!columns || rest >= LEAST || detail == NO_BLOCKS)
            break;
    }
    if (columns)
        width = detail == NO_BLOCKS ? 0 : rest < MOST ? rest : MOST;
    buf_put(b, head.p, head.n);
    put_blocks(b, share, width);
    buf_put(b, tail.p, tail.n);
}

/* A line that wrapped could not be overwritten.  The bytes of one character after its first are
 * 10xxxxxx (RFC 3629). */
static void cut(Buf *b, size_t start, int columns)
{
    for (size_t i = start; i < b->n; i++)
        if ((b->p[i] & 0xc0) != 0x80 && columns-- == 0) {
            b->n = i;
            b->p[i] = 0;
        }
}

void rt_progress_bar(Buf *out, const RtProgress *p, int columns)
{
    size_t start = out->n;

    put_bar(out, p, columns);
    cut(out, start, columns);
}

static void put_plain(Buf *b, const RtProgress *p)
{
    buf_printf(b, "epoch %lld", (long long)p->epoch + 1);
    if (p->epochs)
        buf_printf(b, "/%lld", (long long)p->epochs);
    buf_printf(b, "  step %lld/%lld  loss %.4f  acc %.4f  rate %.3g  %.4g images/s\n",
               (long long)p->step, (long long)p->steps, p->loss, p->top1, p->rate,
               per_second(p) * (double)p->batch);
}

static void put_iter(Buf *b, const RtProgress *p)
{
    int64_t seen = p->done * p->batch;

    buf_printf(b, "Epoch:%lld Iter %lld/%lld %s ACC: %.5f Used_Time:", (long long)p->epoch,
               (long long)(seen < p->samples ? seen : p->samples), (long long)p->samples,
               p->test ? "Test" : "Train", p->top1);
    put_clock(b, p->seconds);
    buf_str(b, " / Total_Time:");
    put_clock(b, p->all_seconds);
    buf_char(b, '\n');
}

void rt_progress_line(Buf *b, const RtProgress *p)
{
    switch (p->format) {
    case RT_LOG_STEP:
        if (p->test)
            buf_printf(b, "[Test ] Step: %lld, acc: %.5f\n", (long long)p->step, p->top1);
        else
            buf_printf(b, "[Train] Step: %lld, loss: %.5f, acc: %.5f\n", (long long)p->step,
                       p->batch_loss, p->batch_top1);
        break;
    case RT_LOG_EPOCH:
        put_bar(b, p, 0);
        buf_char(b, '\n');
        break;
    case RT_LOG_ITER:
        put_iter(b, p);
        break;
    default:
        if (!p->test)
            put_plain(b, p);
    }
}
