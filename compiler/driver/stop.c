/* SPDX-License-Identifier: Apache-2.0 */
/* stop: Ctrl-C, a polite kill and the end of the terminal, which long work looks for between its
 * steps.
 *
 * in: between stop_watch and stop_unwatch, one of the signals.  out: stop_signal, its number.  The
 * second one of a kind ends the process where it is.  What was ignored, as by nohup, stays so. */
#include "driver/stop.h"

volatile sig_atomic_t stop_signal;

static const int signals[STOP_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

static void on_stop(int number)
{
    stop_signal = number;
}

void stop_watch(struct sigaction old[STOP_SIGNALS])
{
    struct sigaction stop = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };

    for (int i = 0; i < STOP_SIGNALS; i++) {
        sigaction(signals[i], NULL, &old[i]);
        if (old[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &stop, NULL);
    }
}

void stop_unwatch(const struct sigaction old[STOP_SIGNALS])
{
    for (int i = 0; i < STOP_SIGNALS; i++)
        sigaction(signals[i], &old[i], NULL);
}
