/* SPDX-License-Identifier: Apache-2.0 */
/* stop: Ctrl-C and a polite kill, for work that then finishes its step and saves what it has. */
#ifndef MNC_DRIVER_STOP_H
#define MNC_DRIVER_STOP_H

#include <signal.h>

/* 0, or the signal that came. */
extern volatile sig_atomic_t stop_signal;

enum { STOP_SIGNALS = 3 };

/* old: what was done about those signals before, for stop_unwatch. */
void stop_watch(struct sigaction old[STOP_SIGNALS]);
void stop_unwatch(const struct sigaction old[STOP_SIGNALS]);

#endif
