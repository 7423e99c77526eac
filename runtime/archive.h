/* SPDX-License-Identifier: Apache-2.0 */
/* archive: bytes that may be packed by gzip, and the files of a set, in a folder or in a .tar.
 *
 * Nothing is written to disk, and of a member's name only what follows its last slash counts: it
 * does not matter what else a name has in it.  Sizes are believed as far as the file can hold them.
 *
 * RFC 1952 (gzip); POSIX.1-1988 ustar, with GNU's and pax's long names passed over.
 */
#ifndef MNC_RT_ARCHIVE_H
#define MNC_RT_ARCHIVE_H

#include "base/file.h"

#include <stdbool.h>

/* What comes out of a file, from its beginning on. */
typedef struct RtStream {
    Diag *d;
    const char *path;
    Bytes file;
    struct z_stream_s *z;        /* NULL: not packed */
    uint64_t at;                 /* bytes that came out */
} RtStream;

/* By content: gzip, or as it is.  The file must outlive the stream. */
void rt_stream_open(Arena *a, RtStream *s, const char *path, Bytes file, Diag *d);

/* The next n bytes; false with a message when there are fewer, or when they are damaged.  what
 * names them in that message: "the labels". */
bool rt_stream_read(RtStream *s, void *p, size_t n, const char *what);

/* The same, in the arena, which grows as the bytes come: a file that only claims to be large costs
 * nothing.  NULL when there are fewer. */
unsigned char *rt_stream_take(Arena *a, RtStream *s, uint64_t n, const char *what);

/* Up to n bytes: *got is fewer only at the end.  False when they are damaged. */
bool rt_stream_some(RtStream *s, void *p, size_t n, size_t *got);

/* One file of several that are wanted, or its other name. */
typedef struct RtWanted {
    const char *name, *other;    /* other may be NULL */
} RtWanted;

/* Is handed each wanted file once: its number in the list, its path for messages, its bytes (until
 * the call ends).  False stops. */
typedef bool RtTakeFile(void *user, size_t i, const char *path, Bytes file);

typedef struct RtFiles {
    const RtWanted *wanted;
    size_t n;
    const char *sub[3];          /* folders below path that they may be in; ends with NULL */
    uint64_t most;               /* bytes that one of them may have in an archive */
    RtTakeFile *take;
    void *user;
} RtFiles;

/* From a folder, or a .tar, gzip or not.  It is no error when some are not there; two of one name
 * in an archive are. */
bool rt_each_file(Arena *a, const char *path, const RtFiles *f, Diag *d);

/* The same from a .tar in memory. */
bool rt_each_member(Arena *a, const char *path, const RtFiles *f, Bytes file, Diag *d);

bool rt_is_folder(const char *path);

#endif
