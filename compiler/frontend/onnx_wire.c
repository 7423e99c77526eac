/* SPDX-License-Identifier: Apache-2.0 */
/* onnx_wire: bytes -> protobuf-c messages, in an arena.
 *
 * protobuf-c checks lengths, but trusts the sender in three ways that a hostile file can use: it
 * recurses as deep as messages nest; it merges each repetition of a singular message into the
 * former ones by copying them, which is quadratic; and it makes 200 bytes of two, an empty message.
 * So the bytes are scanned first, by the same descriptors: nesting and the number of messages are
 * bounded, and a singular message may stand only once, as every writer does it.
 *
 * The wire format: https://protobuf.dev/programming-guides/encoding/
 */
#include "frontend/onnx_import.h"

typedef struct Wire {
    const unsigned char *start;
    const char *why;             /* what is wrong */
    size_t at;                   /* and where, in bytes */
    uint32_t n_message;          /* so far */
} Wire;

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static bool bad(Wire *w, const unsigned char *p, const char *why)
{
    w->why = why;
    w->at = (size_t)(p - w->start);
    return false;
}

/* Seven bits a byte, lowest first; the high bit says that more follow.  At most ten bytes. */
static bool varint(Wire *w, const unsigned char **p, const unsigned char *end, uint64_t *out)
{
    const unsigned char *q = *p;
    uint64_t v = 0;

    for (int shift = 0; shift < 70; shift += 7) {
        if (q == end)
            return bad(w, *p, "ends in the middle of a number");
        v |= shift < 64 ? (uint64_t)(*q & 127) << shift : 0;
        if (*q++ < 128) {
            *p = q;
            *out = v;
            return true;
        }
    }
    return bad(w, *p, "has a number that is too long");
}

/* n bytes on, if there are as many. */
static bool skip(Wire *w, const unsigned char **p, const unsigned char *end, uint64_t n)
{
    if (n > (uint64_t)(end - *p))
        return bad(w, *p, "is cut off");
    *p += n;
    return true;
}

/* A field of one message.  seen: which singular messages it has had, a bit for each field. */
static bool check_once(Wire *w, const unsigned char *p, const ProtobufCMessageDescriptor *type,
                       const ProtobufCFieldDescriptor *f, uint64_t *seen)
{
    uint64_t bit = (uint64_t)1 << ((size_t)(f - type->fields) & 63);

    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        return true;
    if (*seen & bit)
        return bad(w, p, "has a part twice that may stand only once");
    *seen |= bit;
    return true;
}

/* One message in [p, end): its fields are walked, those that are messages themselves entered. */
static bool scan(Wire *w, const unsigned char *p, const unsigned char *end,
                 const ProtobufCMessageDescriptor *type, int depth)
{
    uint64_t seen = 0, tag, n;

    if (depth > ONNX_MAX_DEPTH)
        return bad(w, p, "nests too deeply");
    if (++w->n_message > ONNX_MAX_MESSAGES)
        return bad(w, p, "has too many parts");
    while (p < end) {
        const unsigned char *at = p;
        const ProtobufCFieldDescriptor *f;

        if (!varint(w, &p, end, &tag))
            return false;
        switch (tag & 7) {
        case WIRE_VARINT:
            if (!varint(w, &p, end, &n))
                return false;
            break;
        case WIRE_64: case WIRE_32:
            if (!skip(w, &p, end, (tag & 7) == WIRE_64 ? 8 : 4))
                return false;
            break;
        case WIRE_BYTES:
            if (!varint(w, &p, end, &n) || !skip(w, &p, end, n))
                return false;
            f = tag >> 3 <= UINT32_MAX
                ? protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3)) : NULL;
            if (f && f->type == PROTOBUF_C_TYPE_MESSAGE
                && (!check_once(w, at, type, f, &seen)
                    || !scan(w, p - n, p, f->descriptor, depth + 1)))
                return false;
            break;
        default:
            return bad(w, at, "has a field of an unknown kind");
        }
    }
    return true;
}

/* protobuf-c's allocator: takes from the arena and gives nothing back. */
static void *take(void *arena, size_t n)
{
    return arena_alloc(arena, n);
}

static void leave(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

/* arena_alloc never fails by returning NULL, and leaves through longjmp, which protobuf-c
 * tolerates: all it holds is in the arena.  Its blocks are aligned for every type, so that
 * raw_data can be used where it lies. */
void *onnx_unpack(Arena *a, const ProtobufCMessageDescriptor *type, Bytes b, const char **why)
{
    ProtobufCAllocator alloc = { .alloc = take, .free = leave, .allocator_data = a };
    Wire w = { .start = b.p };
    void *message;

    if (!scan(&w, b.p, b.p + b.n, type, 0)) {
        *why = arena_printf(a, "the file %s, at byte %zu", w.why, w.at);
        return NULL;
    }
    message = protobuf_c_message_unpack(type, &alloc, b.n, b.p);
    *why = message ? NULL : "the file has fields of the wrong kind";
    return message;
}
