/* SPDX-License-Identifier: 0BSD */
/* frame: stands for the camera: a photo (PNG or JPEG) as RGB. */
#ifndef FRAME_H
#define FRAME_H

typedef struct Frame {
    int width, height;
    unsigned char *rgb;                  /* (height, width, 3) */
} Frame;

/* 0 when the file is no photo. */
int frame_read(const char *path, Frame *f);
void frame_free(Frame *f);

#endif
