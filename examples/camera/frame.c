/* SPDX-License-Identifier: 0BSD */
/* frame: PNG by libpng, JPEG by libturbojpeg. */
#include "frame.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static int read_png(const unsigned char *data, size_t n, Frame *f)
{
    png_image image = { .version = PNG_IMAGE_VERSION };

    if (!png_image_begin_read_from_memory(&image, data, n))
        return 0;
    image.format = PNG_FORMAT_RGB;
    f->width = (int)image.width;
    f->height = (int)image.height;
    f->rgb = malloc(PNG_IMAGE_SIZE(image));
    if (f->rgb && png_image_finish_read(&image, NULL, f->rgb, 0, NULL))
        return 1;
    png_image_free(&image);
    free(f->rgb);
    return 0;
}

static int read_jpeg(const unsigned char *data, size_t n, Frame *f)
{
    tjhandle tj = tjInitDecompress();
    int subsampling, colours, ok = 0;

    if (tj && !tjDecompressHeader3(tj, data, n, &f->width, &f->height, &subsampling, &colours)) {
        f->rgb = malloc((size_t)f->width * (size_t)f->height * 3);
        ok = f->rgb && !tjDecompress2(tj, data, n, f->rgb, f->width, 0, f->height, TJPF_RGB, 0);
        if (!ok)
            free(f->rgb);
    }
    if (tj)
        tjDestroy(tj);
    return ok;
}

int frame_read(const char *path, Frame *f)
{
    FILE *file = fopen(path, "rb");
    unsigned char *data = NULL;
    long n = -1;
    int ok = 0;

    if (file && !fseek(file, 0, SEEK_END) && (n = ftell(file)) > 8)
        data = malloc((size_t)n);
    if (data && !fseek(file, 0, SEEK_SET) && fread(data, (size_t)n, 1, file) == 1)
        ok = !memcmp(data, "\211PNG", 4) ? read_png(data, (size_t)n, f)
            : read_jpeg(data, (size_t)n, f);
    free(data);
    if (file)
        fclose(file);
    return ok;
}

void frame_free(Frame *f)
{
    free(f->rgb);
}
