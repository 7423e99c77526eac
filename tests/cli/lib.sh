# SPDX-License-Identifier: Apache-2.0
# lib.sh: what the tests of the command line share.  Sourced by each of them; $1 is mnc.
#
# Each test has a folder of its own, with its own cache and temporary folder, which is removed in the
# end.  A test stops at the first expectation that does not hold, and shows what was said.
set -eu
mnc=$1
dir=$(mktemp -d)
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
mkdir cache tmp
export XDG_CACHE_HOME="$dir/cache" TMPDIR="$dir/tmp" LC_ALL=C
unset CC || true

fail() {
    echo "FAILED: $*"
    echo "--- stdout"; cat out
    echo "--- stderr"; cat err
    exit 1
}

# expect CODE COMMAND...: runs it, its output in the files out and err; the exit code must be CODE.
expect() {
    want=$1
    shift
    code=0
    "$@" >out 2>err || code=$?
    echo "+ $*: $code"
    [ "$code" = "$want" ] || fail "exit code $code instead of $want"
    [ -z "$(ls tmp)" ] || fail "left in the temporary folder: $(ls tmp)"
}

# is FILE: must be what stands on standard input.  has FILE TEXT: must have that text in a line.
is() {
    cat >wanted
    cmp -s "$1" wanted || { echo "--- wanted"; cat wanted; fail "$1 is something else"; }
}
has() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }

# is_same: standard input must be the file want.
is_same() {
    cat >got
    cmp -s want got || { diff want got | head -n 20; fail 'not the same'; }
}

# npy FILE DESCR SHAPE BYTES: a .npy file; BYTES is for printf.
npy() {
    printf '\223NUMPY\1\0\166\0' >"$1"
    printf "%-117s\n" "{'descr': '$2', 'fortran_order': False, 'shape': $3, }" >>"$1"
    printf "$4" >>"$1"
}

# Four 32-bit floats; little endian.
zero='\0\0\0\0' one='\0\0\200\077' two='\0\0\0\100' three='\0\0\100\100'

# A net of one 1x1 convolution, a relu and a mean: from 3 to 4 channels.
tiny() {
    cat >tiny.mnet <<'EOF'
name tiny
x = input f32[1,3,2,2]
w = param f32[4,3,1,1] [1 0 0  0 1 0  0 0 1  1 1 1]
b = param f32[4] [0 0.5 -1 0]
c = conv x w b
r = relu c
m = reduce_mean r axes=[2 3]
y = reshape m shape=[1 4]
output y
EOF
}

# ranks N COMMAND...: on N processes of this machine, however few processors it has.
ranks() {
    n=$1
    shift
    mpirun --allow-run-as-root -n "$n" "$@"
}
# has_mpi: a test that needs mpirun, and a mnc that knows it, ends without.
has_mpi() {
    command -v mpirun >/dev/null || { echo "skipped: no mpirun"; exit 77; }
    [ -e "$(dirname "$mnc")/libmncmpi.so.0" ] || { echo 'skipped: mnc was built without MPI'; exit 77; }
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_plm_rsh_agent=sh    # no ssh is needed
    export ASAN_OPTIONS=detect_leaks=0                  # Open MPI leaks
}
