# SPDX-License-Identifier: Apache-2.0
# lib.sh: what the tests of the installation share.  Sourced by each of them with SOURCE_DIR and
# BUILD_DIR.  Each has a folder of its own, $dir, and mnc installed there under $prefix.
set -eu
src=$1 build=$2
# What links to libraries with sanitizers must be made with them too: that is not what is tested.
[ "${MNC_SANITIZE:-0}" = 0 ] || { echo 'skipped: a build with sanitizers'; exit 77; }
dir=$(mktemp -d)
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
mkdir tmp
export XDG_CACHE_HOME="$dir/cache" TMPDIR="$dir/tmp" LC_ALL=C
unset DESTDIR MAKEFLAGS || true

fail() { echo "FAILED: $*"; exit 1; }
have() { command -v "$1" >/dev/null; }
# quiet COMMAND...: its output is shown only when it fails.
quiet() {
    echo "+ $*"
    "$@" >log 2>&1 || { cat log; fail "$*"; }
}
# says FILE TEXT: must have that text in a line.
says() { grep -qF -- "$2" "$1" || { cat "$1"; fail "$1 does not say: $2"; }; }

prefix=$dir/usr
quiet cmake --install "$build" --prefix "$prefix"
bin=$prefix/bin include=$prefix/include
lib=$(dirname "$(find "$prefix" -name 'libmnc.a')")
