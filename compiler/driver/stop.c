/* SPDX-License-Identifier: Apache-2.0 */
/* stop: Ctrl-C and a polite kill, which long work looks for between its steps.
 *
 * in: between stop_watch and stop_unwatch, SIGINT or SIGTERM.  out: stop_signal, its number.  The
 * second signal ends the process where it is. */
#include "driver/stop.h"

volatile sig_atomic_t stop_signal;

static void on_stop(int number)
{
    stop_signal = number;
}

void stop_watch(struct sigaction old[2])
{
    struct sigaction stop = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };

    sigaction(SIGINT, &stop, &old[0]);
    sigaction(SIGTERM, &stop, &old[1]);
}

void stop_unwatch(const struct sigaction old[2])
{
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGTERM, &old[1], NULL);
}
