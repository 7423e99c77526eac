#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# covered.sh SOURCE_DIR: every kernel template has expanded into one of the golden files: its longest
# line without a hole is in there.
set -eu
cd "$1"
missing=0 checked=0
for t in templates/*.c.t; do
    case ${t##*/} in
    v_*|common*|selftest*|threads*) continue ;;      # parts of every file: see generated/
    train*|scalar*) continue ;;                      # of files that train: see generated/
    peak*) continue ;;                               # of no file: see unit.rt_measure
    esac
    line=$(grep -v -e '\$' -e '//@' -e '//#' "$t" | awk 'length > length(l) { l = $0 } END { print l }')
    if [ "${#line}" -lt 8 ]; then      # all holes: the comment on top says what it is
        line=$(sed -n 's|^\(/\* [^$]*\).*|\1|p' "$t" | head -n 1)
    fi
    checked=$((checked + 1))
    grep -qF -e "$line" tests/golden/*.c || { echo "$t is in no golden file: '$line'"; missing=1; }
done
echo "$checked templates"
[ $checked -gt 20 ] || missing=1
exit $missing
