#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# golden.sh MNC FILE: runs the test that FILE describes, and compares.
#
#     # run: mnc dump --after=fold_bn
#     ... a spec ...
#     # >>> expect
#     ... what the command prints about the spec, messages first; then "exit N" unless N is 0
#
# The command gets the spec, the part above "# >>> expect", under the file's own name as its last
# argument.  GOLDEN_UPDATE=1 writes what it prints into FILE instead of comparing.
set -u
mnc=$1 file=$2 name=${2##*/}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

sed '/^# >>> expect$/,$d' "$file" > "$dir/$name"
sed '1,/^# >>> expect$/d' "$file" > "$dir/want"
args=$(sed -n '1s/^# run: mnc *//p' "$file")
if [ -z "$args" ] || ! grep -q '^# >>> expect$' "$file"; then
    echo "$file: needs a first line '# run: mnc ...' and a line '# >>> expect'" >&2
    exit 1
fi

cd "$dir" || exit 1
eval "\"\$mnc\" $args \"\$name\"" > out 2> messages
code=$?
cat messages out > got
[ $code = 0 ] || echo "exit $code" >> got
if [ -n "${GOLDEN_UPDATE:-}" ]; then
    { cat "$name"; echo '# >>> expect'; cat got; } > new
    cd - > /dev/null && cat "$dir/new" > "$file"
else
    diff -u want got
fi
