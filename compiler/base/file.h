/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files in, whole files out.  An output file appears complete or not at all. */
#ifndef MNC_BASE_FILE_H
#define MNC_BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

typedef struct Bytes {
    const unsigned char *p;    /* 64-byte aligned */
    size_t n;
} Bytes;

/* Reads a regular file into the arena, followed by a 0 byte that n does not count.
 * False, with a message in d that names path and reason, when that fails. */
bool file_read(Arena *a, const char *path, Bytes *out, Diag *d);

/* A part of a file: n bytes from offset; SIZE_MAX means up to the end. */
bool file_read_part(Arena *a, const char *path, uint64_t offset, size_t n, Bytes *out, Diag *d);

/* A file being written: to a temporary name beside path, renamed by file_commit.  Whatever
 * happens before that (an error, out of memory) removes it when the arena is destroyed.
 * path "-" is standard output, where bytes are written as they come. */
typedef struct OutFile OutFile;

OutFile *file_create(Arena *a, const char *path, Diag *d);     /* NULL, with a message */
Buf *file_buf(OutFile *f);                                     /* write here */
bool file_commit(OutFile *f, Diag *d);                         /* flush, sync, close, rename */

/* "a/b/c.onnx" -> "a/b/" (or "" when there is no folder), "c.onnx", "c" */
const char *path_dir(Arena *a, const char *path);
const char *path_base(const char *path);
const char *path_stem(Arena *a, const char *path);
/* "-", a device, a pipe: nothing can stand beside it. */
bool path_is_special(const char *path);
bool path_has_suffix(const char *path, const char *suffix);

#endif
