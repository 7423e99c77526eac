#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh SOURCE_DIR: includes point one way:
#   include/mnc <- base <- ir <- ref <- {frontend, passes} <- backend <- driver
# the two frontends do not see each other, nor the passes the frontends; the runtime sees include/mnc
# and base; the base and the library never print or exit; every file says its licence.
set -eu
cd "$1"
bad=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
complain() { echo "$*"; bad=1; }

# only FILES... -- LAYER...: quoted includes name only these layers, or a neighbour without a folder.
only() {
    files= layers=
    while [ "$1" != -- ]; do files="$files $1"; shift; done
    shift
    for l in "$@"; do layers="$layers|$l/"; done
    grep -nE '^#include "' $files | grep -vE "\"(${layers#|})" | grep -E '"[^"]*/' > "$out" || true
    [ ! -s "$out" ] || { cat "$out"; complain "may include only: $*"; }
}
only compiler/base/*.[ch] -- base
only compiler/ir/*.[ch] -- base ir
only tests/ref/*.[ch] -- base ir ref
only compiler/frontend/*.[ch] -- base ir ref frontend mnc
only compiler/passes/*.[ch] -- base ir ref passes mnc
only compiler/backend/*.[ch] -- base ir ref frontend passes backend mnc
only runtime/*.[ch] -- base mnc
only include/mnc/*.h -- mnc
! grep -n 'frontend/onnx' compiler/frontend/mnet* || complain 'mnet sees onnx'
! grep -n 'frontend/mnet' compiler/frontend/onnx* || complain 'onnx sees mnet'

# Calls, not words in a comment or parts of a name.
if grep -nE '(^|[^_a-z])(f?printf|f?puts|putc|putchar|perror|exit) ?\(' compiler/base/*.c compiler/ir/*.c \
    compiler/frontend/*.c compiler/passes/*.c compiler/backend/*.c runtime/*.c > "$out"; then
    cat "$out"
    complain 'the library prints or exits'
fi

for f in $(find compiler runtime include tests examples scripts cmake -type f \
           \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.cmake' -o -name '*.cpp' \
              -o -name CMakeLists.txt \)); do
    head -n 3 "$f" | grep -q SPDX-License-Identifier || complain "$f names no licence"
done
# What the generated code includes.
grep -hE '^ *#include' templates/*.t include/mnc/net.h | sort -u |
    grep -vE '<(stddef|stdint|math|string|immintrin|arm_neon|pthread|sched|unistd)\.h>' &&
    complain 'generated code includes more than libc'
exit $bad
