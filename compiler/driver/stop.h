/* SPDX-License-Identifier: Apache-2.0 */
/* stop: Ctrl-C and a polite kill, for work that then finishes its step and saves what it has. */
#ifndef MNC_DRIVER_STOP_H
#define MNC_DRIVER_STOP_H

#include <signal.h>

/* 0, or the signal that came. */
extern volatile sig_atomic_t stop_signal;

/* old: what was done about SIGINT and SIGTERM before, for stop_unwatch. */
void stop_watch(struct sigaction old[2]);
void stop_unwatch(const struct sigaction old[2]);

#endif
