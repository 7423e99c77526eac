#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh MNC DOC DIR VERSION [SCDOC]: the man pages and the completions into DIR, anew; of the tool's
# own table, DOC/verbs.txt and, where there is scdoc, DOC/mnet.5.scd.
set -eu
mnc=$1 doc=$2 dir=$3 version=$4 scdoc=${5:-}
here=$(dirname "$0")
rm -rf "$dir"
mkdir -p "$dir/man1" "$dir/man5"
"$mnc" --tables >"$dir/tables"
awk -v dir="$dir/man1" -v version="$version" -f "$here/man.awk" "$doc/verbs.txt" "$dir/tables"
[ -z "$scdoc" ] || "$scdoc" <"$doc/mnet.5.scd" >"$dir/man5/mnet.5"
awk -f "$here/bash.awk" "$dir/tables" >"$dir/mnc"
awk -f "$here/zsh.awk" "$dir/tables" >"$dir/_mnc"
awk -f "$here/fish.awk" "$dir/tables" >"$dir/mnc.fish"
