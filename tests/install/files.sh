#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# files.sh SOURCE_DIR BUILD_DIR: what is installed, DESTDIR, uninstall; no file names the place where
# it was built.
. "$(dirname "$0")/lib.sh"

for f in bin/mnc include/mnc/mnc.h include/mnc/run.h include/mnc/net.h include/mnc/train.h; do
    [ -f "$prefix/$f" ] || fail "$f is not there"
done
! grep -rlF -e "$build" -e "$src" "$prefix" || fail 'these name the folder they were built in'
"$bin/mnc" run "$src/models/efficientnet_lite0.onnx" "$src/models/photos/coffee.png" >out
says out 'espresso'

# Each header compiles alone, as C and as C++; but for train.h, whose text stands after net.h's.
for h in "$include"/mnc/*.h; do
    printf '#include <mnc/net.h>\n' >one.c
    [ "${h##*/}" = train.h ] || : >one.c
    echo "#include <mnc/${h##*/}>" >>one.c
    cp one.c one.cpp
    cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$include" -fsyntax-only one.c
    c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$include" -fsyntax-only one.cpp
done

export DESTDIR="$dir/image"
quiet cmake --install "$build" --prefix /opt/mnc
[ -x "$dir/image/opt/mnc/bin/mnc" ] || fail 'DESTDIR is not obeyed'
find "$dir/image" -type f | sed "s,$dir/image/opt/mnc/,," | sort >staged
(cd "$prefix" && find . -type f | sed 's,^\./,,' | sort) >installed
diff installed staged || fail 'DESTDIR installs other files'
quiet cmake --build "$build" --target uninstall
left=$(find "$dir/image" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"
