/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the places of a file where something can be chosen, for mnc_sites.
 *
 * A site is a kernel at a shape on a target: all layers that this is the same for share it, and
 * what is chosen for one is chosen for all. */
#ifndef MNC_BACKEND_SITES_H
#define MNC_BACKEND_SITES_H

#include "backend/conv.h"

typedef enum SiteKind { SITE_CONV, SITE_DEPTHWISE, SITE_WINOGRAD, SITE_BAND } SiteKind;

typedef struct Site {
    SiteKind kind;
    const Target *target;
    const char *kernel, *shape;
    ConvShape c;               /* not of a band */
    bool flat, act;            /* its pixels can be one row; it has an activation */
    int64_t tiles, under_way;  /* of a Winograd convolution: all, and at most at a time */
    Choice now;                /* how it is computed */
    int *layer;                /* the numbers of its layers */
    uint32_t n, cap;
} Site;

/* Node number layer is one of that site, whose list of layers does not matter. */
void sites_add(Emit *e, const Site *site, int layer);

/* The bands of the plan, and those that could be. */
void sites_add_bands(Emit *e);

/* conv_cost.c: cycles, roughly: what counts is which of two ways costs less. */
double conv_cost(const Site *s, const Choice *way);
double conv_step_cycles(const Target *t, int64_t m, int64_t nv);
double depthwise_cost(const Site *s, const Choice *way);
double winograd_cost(const Site *s, const Choice *way);

/* conv_way.c: how it is computed by a rule, or as the options choose if that can be done. */
Choice winograd_way(Emit *e, const Node *n, Site *s, const Choice *rule);
bool winograd_can(const Site *s, const Choice *way);

#endif
