/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, SMALL_ALIGN = 16, CHUNK = 64 * 1024, OWN_BLOCK = CHUNK / 4 };

/* Objects of OWN_BLOCK bytes or more have a block of their own, so that resizing them is a
 * realloc and a growing buffer does not leave its former selves behind. */
struct ArenaBlock {
    ArenaBlock *prev, *next;
    size_t cap, used;        /* bytes of payload */
    unsigned char *data;     /* ALIGN-aligned, inside the same allocation */
};

/* Newest first, so that cleanups run in the reverse order of their defers. */
struct ArenaCleanup {
    ArenaCleanup *next;
    void (*fn)(void *);
    void *arg;
};

/* The default ArenaFn: realloc's manners, but size 0 always frees. */
static void *from_malloc(void *user, void *ptr, size_t size)
{
    (void)user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, size);
}

/* No memory is taken yet.  oom is where to go when there is none; it must be set before the
 * first allocation. */
void arena_init(Arena *a, ArenaFn *fn, void *user, size_t limit, jmp_buf *oom)
{
    memset(a, 0, sizeof *a);
    a->fn = fn ? fn : from_malloc;
    a->user = user;
    a->limit = limit ? limit : SIZE_MAX;
    a->oom = oom;
}

/* Cleanups come first: what they look at lies in the blocks.  A second call does nothing. */
void arena_destroy(Arena *a)
{
    ArenaBlock *b, *next;

    for (ArenaCleanup *c = a->cleanup; c; c = c->next)
        c->fn(c->arg);
    for (b = a->blocks; b; b = next) {
        next = b->next;
        a->fn(a->user, b, 0);
    }
    a->blocks = a->current = NULL;
    a->cleanup = NULL;
    a->total = 0;
}

/* Also for sizes that no memory could hold, which hostile files ask for. */
_Noreturn void arena_out_of_memory(Arena *a)
{
    longjmp(*a->oom, 1);
}

/* The bytes to ask for, or no return.  Invariant: total <= limit; ALIGN covers the gap before
 * data. */
static size_t block_bytes(Arena *a, size_t payload)
{
    size_t head = sizeof(ArenaBlock) + ALIGN;

    if (payload > SIZE_MAX - head || a->total > a->limit || payload + head > a->limit - a->total)
        arena_out_of_memory(a);
    return payload + head;
}

/* The allocator aligns as malloc does, to less than ALIGN. */
static void place_data(ArenaBlock *b)
{
    uintptr_t p = (uintptr_t)(b + 1);

    b->data = (unsigned char *)(b + 1) + (ALIGN - p % ALIGN) % ALIGN;
}

/* Does not touch current: a large object leaves the chunk before it open for small ones. */
static ArenaBlock *block_new(Arena *a, size_t payload)
{
    size_t bytes = block_bytes(a, payload);
    ArenaBlock *b = a->fn(a->user, NULL, bytes);

    if (!b)
        arena_out_of_memory(a);
    a->total += bytes;
    b->prev = NULL;
    b->next = a->blocks;
    b->cap = payload;
    b->used = 0;
    if (a->blocks)
        a->blocks->prev = b;
    a->blocks = b;
    place_data(b);
    return b;
}

/* Zeroed.  Aligned to 64 bytes from that size on, so that a tensor begins a cache line; smaller
 * objects as for any C type.  size 0 gives a pointer that is not to be read. */
void *arena_alloc(Arena *a, size_t size)
{
    size_t align = size >= ALIGN ? ALIGN : SMALL_ALIGN, at;
    ArenaBlock *b = a->current;

    if (size >= OWN_BLOCK) {
        b = block_new(a, size);
        b->used = size;
        memset(b->data, 0, size);
        return b->data;
    }
    at = b ? (b->used + align - 1) / align * align : 0;
    if (!b || at + size > b->cap) {
        b = a->current = block_new(a, CHUNK);
        at = 0;
    }
    b->used = at + size;
    memset(b->data + at, 0, size);
    return b->data + at;
}

/* n and size come from files: their product may not fit. */
void *arena_array(Arena *a, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        arena_out_of_memory(a);
    return arena_alloc(a, n * size);
}

/* The header of an object that has a block of its own lies right before its data. */
static ArenaBlock *owner(Arena *a, const void *ptr)
{
    for (ArenaBlock *b = a->blocks; b; b = b->next)
        if (b->data == ptr)
            return b;
    return NULL;
}

/* The new block is made before the old one goes: on a lack of memory the object is still whole. */
static void *resize_block(Arena *a, ArenaBlock *b, size_t old_size, size_t size)
{
    ArenaBlock *grown = block_new(a, size);
    size_t keep = old_size < size ? old_size : size;

    memcpy(grown->data, b->data, keep);
    memset(grown->data + keep, 0, size - keep);
    grown->used = size;
    if (b->prev)
        b->prev->next = b->next;
    if (b->next)
        b->next->prev = b->prev;
    a->total -= b->cap + sizeof(ArenaBlock) + ALIGN;
    a->fn(a->user, b, 0);
    return grown->data;
}

/* Like realloc: what is new is zero.  A small object's former self stays behind until the end. */
void *arena_resize(Arena *a, void *ptr, size_t old_size, size_t new_size)
{
    void *fresh;

    if (ptr && old_size >= OWN_BLOCK && new_size >= OWN_BLOCK)
        return resize_block(a, owner(a, ptr), old_size, new_size);
    fresh = arena_alloc(a, new_size);
    if (ptr)
        memcpy(fresh, ptr, old_size < new_size ? old_size : new_size);
    return fresh;
}

/* The 0 at its end is the arena's own. */
char *arena_strndup(Arena *a, const char *s, size_t n)
{
    char *copy = arena_alloc(a, n + 1);

    memcpy(copy, s, n);
    return copy;
}

/* A copy, so that the caller's may go. */
char *arena_strdup(Arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

/* The first pass only measures. */
char *arena_printf(Arena *a, const char *fmt, ...)
{
    va_list ap;
    int n;
    char *s;

    va_start(ap, fmt);
    n = number_print(NULL, 0, fmt, ap);
    va_end(ap);
    s = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    number_print(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

/* fn runs when the arena is destroyed, also after an out-of-memory jump; arg must live until
 * then. */
void arena_defer(Arena *a, void (*fn)(void *arg), void *arg)
{
    ArenaCleanup *c = arena_new(a, ArenaCleanup);

    c->next = a->cleanup;
    c->fn = fn;
    c->arg = arg;
    a->cleanup = c;
}
