/* SPDX-License-Identifier: 0BSD */
/* camera FOLDER LABELS: what is on each photo of a folder, as a camera's loop would ask of each frame.
 *
 * A frame is RGB, 8 bits, row by row.  The net wants (1,3,224,224), R, G and B as planes, from -1 to
 * 1: the middle square of the frame, scaled.  All memory is there before the first frame.
 */
#include "frame.h"
#include "lite.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 224, CLASSES = lite_OUTPUT_logits_COUNT, LABEL = 64 };

static _Alignas(64) unsigned char arena[lite_ARENA_BYTES];
static float input[3 * SIZE * SIZE], scores[CLASSES];
static char labels[CLASSES][LABEL];

static int read_labels(const char *path)
{
    FILE *f = fopen(path, "r");
    int n = 0;

    while (f && n < CLASSES && fgets(labels[n], LABEL, f)) {
        labels[n][strcspn(labels[n], "\n")] = 0;
        n++;
    }
    if (f)
        fclose(f);
    return n == CLASSES;
}

/* The mean of the source pixels that fall onto pixel (x, y) of plane c, k source pixels wide. */
static float sample(const Frame *f, int c, int x, int y, double k)
{
    double left = (f->width - k * SIZE) / 2, top = (f->height - k * SIZE) / 2;
    int x0 = (int)(left + x * k), x1 = (int)(left + (x + 1) * k);
    int y0 = (int)(top + y * k), y1 = (int)(top + (y + 1) * k);
    long sum = 0, n = 0;

    for (int j = y0; j < y1 || j == y0; j++)
        for (int i = x0; i < x1 || i == x0; i++, n++)
            sum += f->rgb[((size_t)j * (size_t)f->width + (size_t)i) * 3 + (size_t)c];
    return ((float)sum / (float)n - 127) / 128;
}

static void prepare(const Frame *f)
{
    double k = (double)(f->width < f->height ? f->width : f->height) / SIZE;
    float *p = input;

    for (int c = 0; c < 3; c++)
        for (int y = 0; y < SIZE; y++)
            for (int x = 0; x < SIZE; x++)
                *p++ = sample(f, c, x, y, k);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The best class and its probability by softmax, exp(best) over the sum of exp; -1 on failure. */
static int classify(const Frame *f, float *probability)
{
    lite_inputs in = { input };
    lite_outputs out = { scores };
    float sum = 0;
    int best = 0;

    prepare(f);
    if (lite_run(&in, &out, NULL, arena) != MNC_NET_OK)
        return -1;
    for (int i = 1; i < CLASSES; i++)
        if (scores[i] > scores[best])
            best = i;
    for (int i = 0; i < CLASSES; i++)
        sum += expf(scores[i] - scores[best]);
    *probability = 1 / sum;
    return best;
}

int main(int argc, char **argv)
{
    struct dirent **list;
    int n = argc == 3 ? scandir(argv[1], &list, NULL, alphasort) : -1, seen = 0;

    if (n < 0 || !read_labels(argv[2])) {
        fputs("usage: camera FOLDER LABELS\n", stderr);
        return 2;
    }
    for (int i = 0; i < n; i++) {
        char path[4096];
        Frame f;
        snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name);
        if (frame_read(path, &f)) {
            double start = now();
            float probability;
            int best = classify(&f, &probability);
            if (best < 0)
                return 1;
            printf("%-16s %-24s %.3f  %5.1f ms\n", list[i]->d_name, labels[best],
                   (double)probability, now() - start);
            frame_free(&f);
            seen++;
        }
        free(list[i]);
    }
    free(list);
    return seen == 0;
}
