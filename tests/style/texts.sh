#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# texts.sh SOURCE_DIR: what must hold of all texts, beside the code's own budget:
#   no file, and no link, names a path of somebody's machine; every licence that is named lies in
#   LICENSES/ and every one there is named; REUSE.toml covers what says nothing itself; the README
#   states the commands that .ci/run runs; each folder of the code has a README of at most 18 lines
set -eu
cd "$1"
bad=0
complain() { echo "$*"; bad=1; }

all=$(find . \( -name .git -o -name build -o -path ./third_party -o -path ./bench/env \) -prune \
      -o \( -type f -o -type l \) -print | sort)

# A letter in brackets, so that this file does not find itself.
for f in $(grep -lIE '/[w]ork/|/[h]ome/[a-z]|/[r]oot/|/[U]sers/' $all); do
    complain "$f names a path of a machine"
done
for f in $all; do
    [ ! -L "$f" ] || case $(readlink "$f") in
        /*) complain "$f is a link to an absolute path" ;;
    esac
done

# In a file's own line, or in REUSE.toml.
named=$( { grep -hIE '^.{0,4}SPDX-License-[I]dentifier: ' $all |
           sed 's/.*[I]dentifier: *\([A-Za-z0-9.-]*\).*/\1/'
           sed -n 's/^SPDX-License-[I]dentifier = "\(.*\)"/\1/p' REUSE.toml; } | sort -u)
texts=$(ls LICENSES | sed 's/\.txt$//' | sort)
[ "$named" = "$texts" ] || complain "licences named:" $named "- texts in LICENSES/:" $texts
grep -q '^path = "\*\*"' REUSE.toml || complain 'REUSE.toml does not cover every file'

# The command that runs the tests is one line, the same in both.
tests=$(grep 'ctest --preset' .ci/run)
grep -qxF "$tests" README.md || complain "the README does not say: $tests"
grep -q 'scripts/setup' README.md && grep -q '^scripts/setup$' .ci/run ||
    complain 'README and .ci/run install by scripts/setup'

for d in compiler compiler/*/ include/mnc runtime models tests examples doc bench; do
    [ -f "$d/README.md" ] || complain "$d has no README.md"
done
for f in $(find . -name README.md ! -path './build/*' ! -path './bench/env/*' \
           ! -path ./README.md ! -path ./templates/README.md); do
    [ "$(wc -l < "$f")" -le 18 ] || complain "$f has more than 18 lines"
done
exit $bad
