#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# style.sh SOURCE_DIR: the budget of our own code.  Generated and vendored files are exempt; golden
# texts are generated.
#
#   a file at most 500 lines, a header 200, a public one 300; a function at most 80 lines, the median
#   at most 15; a line at most 100 columns; at most 6 parameters; comments COMMENTS to 25 per
#   cent of the lines
set -eu
cd "$1"
COMMENTS=11          # of the lines of compiler/, runtime/, include/
bad=0
complain() { echo "$*"; bad=1; }

ours=$(find compiler runtime include tests -name '*.[ch]' ! -path 'tests/golden/*' | sort)
for f in $ours $(find templates -name '*.t') scripts/setup; do
    n=$(wc -l < "$f")
    most=500
    case $f in
    include/*.h) most=300 ;;
    tests/*) ;;
    *.h) most=200 ;;
    esac
    [ "$n" -le $most ] || complain "$f has $n lines, more than $most"
    long=$(grep -nE '^.{101,}' "$f" | grep -v '//[@#]' | cut -d: -f1 | head -n 3 | tr '\n' ' ')
    [ -z "$long" ] || complain "$f has lines of more than 100 columns: $long"
done

functions=$(mktemp)
trap 'rm -f "$functions"' EXIT
awk -f tests/style/functions.awk $ours > "$functions"
set +e
awk '$4 > 80 { print $1 ":" $2 ": " $3 " has " $4 " lines"; bad = 1 }
     $5 > 6 { print $1 ":" $2 ": " $3 " has " $5 " parameters"; bad = 1 }
     END { if (NR < 1000) { print "only " NR " functions were found"; bad = 1 } exit bad }' \
    "$functions" || bad=1
set -e
median=$(awk '{ print $4 }' "$functions" | sort -n |
         awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }')
[ "$median" -le 15 ] || complain "the median function has $median lines"

share() { cat "$@" | awk -f tests/style/comments.awk | awk '{ print int(100 * $1 / $2) }'; }
for d in compiler/*/ runtime/ include/ tests/ref/; do
    echo "$d comments $(share $(echo "$ours" | grep "^$d")) %"
done
share=$(share $(echo "$ours" | grep -v '^tests/'))
[ "$share" -ge $COMMENTS ] || complain "only $share % of the lines hold a comment"
[ "$share" -le 25 ] || complain "$share % of the lines hold a comment, more than 25"
echo "median function $median lines, comments $share %"
exit $bad
