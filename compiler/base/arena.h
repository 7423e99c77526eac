/* SPDX-License-Identifier: Apache-2.0 */
/* arena: all memory of one job, freed in one go.
 *
 * A job (one compilation, one import) owns one Arena.  Nothing in the compiler frees single
 * objects, and nothing checks for NULL: when memory runs out, arena_alloc leaves through
 * longjmp to the API's entry, which destroys the arena and reports it once.
 */
#ifndef MNC_BASE_ARENA_H
#define MNC_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

/* Like realloc: ptr NULL allocates, size 0 frees.  Returns NULL when there is no memory. */
typedef void *ArenaFn(void *user, void *ptr, size_t size);

typedef struct ArenaBlock ArenaBlock;
typedef struct ArenaCleanup ArenaCleanup;

typedef struct Arena {
    ArenaFn *fn;
    void *user;
    size_t total, limit;     /* bytes taken from fn; more than limit counts as out of memory */
    ArenaBlock *blocks;      /* all of them, newest first */
    ArenaBlock *current;     /* where small objects come from */
    ArenaCleanup *cleanup;
    jmp_buf *oom;           /* where to go when memory runs out; must be set before the first use */
} Arena;

/* fn NULL: malloc.  limit 0: none. */
void arena_init(Arena *a, ArenaFn *fn, void *user, size_t limit, jmp_buf *oom);

/* Runs the cleanups, newest first, then frees everything.  The arena may be initialised again. */
void arena_destroy(Arena *a);

/* Zeroed, aligned to 64 bytes when size is 64 or more, else to 16.  size 0 gives a valid
 * pointer. */
void *arena_alloc(Arena *a, size_t size);

/* n objects of the given size; an overflow counts as out of memory. */
void *arena_array(Arena *a, size_t n, size_t size);

/* Grows (or shrinks) what arena_alloc gave, the new part zeroed; the old pointer is dead. */
void *arena_resize(Arena *a, void *ptr, size_t old_size, size_t new_size);

char *arena_strndup(Arena *a, const char *s, size_t n);
char *arena_strdup(Arena *a, const char *s);
char *arena_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* fn(arg) is called by arena_destroy: for files to close and temporary files to remove. */
void arena_defer(Arena *a, void (*fn)(void *arg), void *arg);

/* The way out, for code that finds by itself that there is no memory (a library's NULL). */
_Noreturn void arena_out_of_memory(Arena *a);

#define arena_new(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define arena_new_n(a, T, n) ((T *)arena_array((a), (n), sizeof(T)))

#endif
