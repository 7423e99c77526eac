#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pkgconfig.sh SOURCE_DIR BUILD_DIR: the examples by pkg-config alone, with the shared libraries and
# with the static ones; from a folder that was moved after the installation, too.
. "$(dirname "$0")/lib.sh"
unset CC

mv "$prefix" "$dir/moved"
lib=$dir/moved${lib#"$prefix"} bin=$dir/moved/bin
export PKG_CONFIG_PATH="$lib/pkgconfig" LD_LIBRARY_PATH="$lib"

cp -r "$src/examples/api" api
quiet make -C api CFLAGS='-O2 -Wall -Wextra -Werror -std=c11'
api/api "$src/models/tiny.mnet" >shared
says shared 'dense (1,3)'
! api/api nothing.onnx 2>err || fail 'a missing file ends well'
says err 'nothing.onnx'

cc -O2 api/api.c $(pkg-config --cflags mnc) -L"$lib" -Wl,-Bstatic -lmncrt -lmnc -Wl,-Bdynamic \
    $(pkg-config --static --libs-only-l mnc | sed 's/-lmncrt -lmnc //') -o static
! readelf -d static | grep -F libmnc || fail 'static needs libmnc.so'
LD_LIBRARY_PATH= ./static "$src/models/tiny.mnet" | cmp - shared

[ "$(pkg-config --variable=mnc mnc)" -ef "$bin/mnc" ] || fail 'mnc.pc does not name the tool'
[ "mnc $(pkg-config --modversion mnc)" = "$("$bin/mnc" --version)" ] || fail 'not the same version'
