/* SPDX-License-Identifier: Apache-2.0 */
/* jpeg: JPEG files by libturbojpeg, with the decoder's settings that Pillow uses: the slow integer
 * IDCT and smooth chroma upsampling. */
#include "image.h"

#include <string.h>
#include <turbojpeg.h>

/* For arena_defer, and at the end of success; the second time it does nothing. */
static void destroy(void *arg)
{
    tjhandle *h = arg;

    if (*h)
        tjDestroy(*h);
    *h = NULL;
}

/* libturbojpeg keeps the last message with the handle. */
static bool refuse(tjhandle h, const char *path, Diag *d)
{
    Pos pos = { .file = path };

    diag_error(d, pos, "is not a JPEG file that can be read: %s", tjGetErrorStr2(h));
    return false;
}

/* Missing data is the one warning that leaves an image nobody took; others are cameras' bad
 * manners, such as bytes between segments. */
static bool warning(tjhandle h, const char *path, Diag *d)
{
    Pos pos = { .file = path };
    const char *text = tjGetErrorStr2(h);

    if (tjGetErrorCode(h) != TJERR_WARNING || strstr(text, "remature end"))
        return refuse(h, path, d);
    diag_note(d, pos, "the JPEG decoder says: %s", text);
    return true;
}

/* Adobe's CMYK is stored inverted: 255 means no ink.  c = 255 - ink, so r = c * k / 255, rounded
 * as Pillow's MULDIV255 does. */
static void cmyk_to_rgb(unsigned char *rgb, const unsigned char *cmyk, size_t n)
{
    for (size_t i = 0; i < n; i++, rgb += 3, cmyk += 4)
        for (int c = 0; c < 3; c++) {
            unsigned k = cmyk[3], t = (255U - cmyk[c]) * k + 128;
            unsigned ink = (t + (t >> 8)) >> 8;
            rgb[c] = (unsigned char)(k > ink ? k - ink : 0);
        }
}

/* Returns what tjDecompress2 does: 0, or -1 for errors and for warnings alike. */
static int decode(Arena *a, tjhandle h, Bytes file, int space, RtImage *out)
{
    unsigned char *pixels = out->rgb;
    size_t n = (size_t)out->width * (size_t)out->height;
    bool cmyk = space == TJCS_CMYK || space == TJCS_YCCK;
    int rc;

    if (cmyk)
        pixels = arena_array(a, n, 4);
    rc = tjDecompress2(h, file.p, (unsigned long)file.n, pixels, out->width, 0, out->height,
                       cmyk ? TJPF_CMYK : TJPF_RGB, TJFLAG_LIMITSCANS);
    if (cmyk)
        cmyk_to_rgb(out->rgb, pixels, n);
    return rc;
}

/* The handle is destroyed at once on success: a run over many photos would keep them all. */
bool rt_jpeg_decode(Arena *a, const char *path, Bytes file, RtImage *out, Diag *d)
{
    int width = 0, height = 0, subsampling, space = 0;
    tjhandle *h = arena_new(a, tjhandle);
    bool ok;

    arena_defer(a, destroy, h);
    *h = tjInitDecompress();
    if (!*h)
        arena_out_of_memory(a);
    /* it also fails, after it has set the sizes, when the chroma subsampling has no TJSAMP name;
     * that does not concern the decoding */
    if (tjDecompressHeader3(*h, file.p, (unsigned long)file.n, &width, &height, &subsampling,
                            &space) && (width < 1 || height < 1))
        return refuse(*h, path, d);
    if (!rt_image_alloc(a, path, width, height, out, d))
        return false;
    ok = decode(a, *h, file, space, out) == 0 || warning(*h, path, d);
    destroy(h);
    return ok;
}

/* Walks the segments up to the first scan: FF xx, length (big endian, counting itself), data. */
Bytes rt_jpeg_exif(Bytes file)
{
    static const char id[6] = "Exif\0";
    Bytes none = { NULL, 0 }, tiff;
    size_t at = 2;

    while (file.n - at >= 4 && file.p[at] == 0xff) {
        unsigned marker = file.p[at + 1];
        size_t n = (size_t)file.p[at + 2] << 8 | file.p[at + 3];
        if (marker == 0xff) {              /* fill byte */
            at++;
            continue;
        }
        if (marker == 0xda || n < 2 || file.n - at - 2 < n)
            return none;
        if (marker == 0xe1 && n >= 2 + sizeof id && !memcmp(file.p + at + 4, id, sizeof id)) {
            tiff.p = file.p + at + 4 + sizeof id;
            tiff.n = n - 2 - sizeof id;
            return tiff;
        }
        at += 2 + n;
    }
    return none;
}
