/* SPDX-License-Identifier: Apache-2.0 */
/* process: one child process, its output, and signals that must not tear us away from it. */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MOST_OUTPUT = 64 * 1024, PATIENCE = 50 };      /* bytes; ms between looks at signals */

/* What a user or a system sends to end us. */
static void held(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

void rt_hold_signals(sigset_t *before)
{
    sigset_t set;

    held(&set);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void rt_release_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Only signals that are held back can wait. */
bool rt_signal_waits(void)
{
    sigset_t set;

    return !sigpending(&set)
        && (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP));
}

/* The child gets no signal mask and no ignored SIGPIPE from us, its input is empty, and both of its
 * output streams end in the pipe. */
static int start(const char *const *argv, int pipe_end, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, defaults;
    int rc;

    sigemptyset(&none);
    held(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, pipe_end, 1);
    posix_spawn_file_actions_adddup2(&files, pipe_end, 2);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = posix_spawnp(pid, argv[0], &files, &attr, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

/* Until the pipe's other end is closed, by the child's death or by its wish.  Keeps the first
 * MOST_OUTPUT bytes in text and returns how many that are. */
static size_t drain(int fd, pid_t pid, char *text)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    size_t kept = 0;
    bool told = false;
    char piece[4096];

    for (;;) {
        int ready = poll(&p, 1, PATIENCE);
        if (ready == 0 && !told && rt_signal_waits()) {
            kill(pid, SIGTERM);
            told = true;
        }
        if (ready > 0) {
            ssize_t n = read(fd, piece, sizeof piece);
            if (n == 0 || (n < 0 && errno != EINTR))
                return kept;
            if (n > 0 && kept + (size_t)n <= MOST_OUTPUT) {
                memcpy(text + kept, piece, (size_t)n);
                kept += (size_t)n;
            }
        }
    }
}

/* No memory is asked for while the child lives: the way out would leave it behind. */
int rt_spawn(const char *const *argv, Buf *out)
{
    char *text = arena_alloc(out->arena, MOST_OUTPUT);     /* now: later there is a child to lose */
    int fd[2], rc, status = 0;
    size_t n = 0;
    pid_t pid;

    if (pipe2(fd, O_CLOEXEC))
        return -1;
    rc = start(argv, fd[1], &pid);
    close(fd[1]);
    if (rc == 0) {
        n = drain(fd[0], pid, text);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    close(fd[0]);
    if (rc) {
        errno = rc;
        return -1;
    }
    buf_put(out, text, n);
    return status;
}
