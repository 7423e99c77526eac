/* SPDX-License-Identifier: Apache-2.0 */
/* start: keys over files and words.
 *
 * Files are read through a buffer that stays in the cache of the CPU: fresh memory for a file of
 * 14 MB would cost several times what its hash costs.
 */
#include "start.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

struct RtKey {
    Arena *arena;
    XXH3_state_t *h;
};

/* For arena_defer. */
static void free_state(void *state)
{
    XXH3_freeState(state);
}

RtKey *rt_key_new(Arena *a)
{
    RtKey *k = arena_new(a, RtKey);

    k->arena = a;
    k->h = XXH3_createState();
    if (!k->h)
        arena_out_of_memory(a);
    arena_defer(a, free_state, k->h);
    XXH3_128bits_reset(k->h);
    return k;
}

/* With its 0, so that "ab" "c" and "a" "bc" differ; nothing differs from "". */
void rt_key_text(RtKey *k, const char *s)
{
    XXH3_128bits_update(k->h, s ? "+" : "-", 1);
    if (s)
        XXH3_128bits_update(k->h, s, strlen(s) + 1);
}

/* The length comes last, for the same reason. */
bool rt_key_file(RtKey *k, const char *path)
{
    enum { PIECE = 128 * 1024 };
    unsigned char *piece = arena_alloc(k->arena, PIECE);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    uint64_t all = 0;
    struct stat st;
    ssize_t n = -1;

    if (fd < 0)
        return false;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode))
        while ((n = read(fd, piece, PIECE)) > 0) {
            XXH3_128bits_update(k->h, piece, (size_t)n);
            all += (uint64_t)n;
        }
    close(fd);
    XXH3_128bits_update(k->h, &all, sizeof all);
    return n == 0;
}

void rt_key_stat(RtKey *k, const char *path)
{
    struct stat st;

    if (stat(path, &st))
        return;
    rt_key_text(k, arena_printf(k->arena, "%ju %ju %jd %jd.%09ld", (uintmax_t)st.st_dev,
                                (uintmax_t)st.st_ino, (intmax_t)st.st_size,
                                (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec));
}

/* "ccache gcc" is two programs: an update of either may change what comes out. */
void rt_key_compiler(RtKey *k, const RtCompiler *cc)
{
    rt_key_text(k, cc->path);
    for (size_t i = 0; i < cc->argc; i++) {
        const char *path = rt_in_path(k->arena, cc->argv[i]);
        rt_key_text(k, cc->argv[i]);
        if (path)
            rt_key_stat(k, path);
    }
}

const char *rt_key_end(RtKey *k)
{
    XXH128_hash_t x = XXH3_128bits_digest(k->h);

    return arena_printf(k->arena, "%016llx%016llx", (unsigned long long)x.high64,
                        (unsigned long long)x.low64);
}
