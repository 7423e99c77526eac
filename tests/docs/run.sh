#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh SOURCE_DIR BUILD_DIR DOCUMENT [FOLDER]: does what a document says, block by block, in a
# scratch folder, or in its FOLDER.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../install/lib.sh"
doc=$src/$3 folder=${4:-.} n=0 left=0
case $folder in
*/cortex-m)
    for tool in arm-none-eabi-gcc qemu-system-arm; do
        have $tool || { echo "skipped: there is no $tool"; exit 77; }
    done ;;
esac
export PATH="$bin:$PATH" LD_LIBRARY_PATH="$lib" PKG_CONFIG_PATH="$lib/pkgconfig"
export CMAKE_PREFIX_PATH="$prefix" MNC_PREFIX="$prefix" HOME="$dir/home"
mkdir home work
cd work
. "$here/prepare.sh"
cd "$folder"

broken() {
    cat "$dir/out"
    fail "$3, block of line $1: $2"
}
# A block that builds mnc is .ci/run's; "blocks" that are run are counted.
run() {
    cat >"$dir/block.sh"
    ! grep -qE -e '--preset|scripts/setup' "$dir/block.sh" || return 0
    if grep -qE '^pip' "$dir/block.sh" && ! have_python 'numpy, cffi, setuptools'; then
        left=$((left + 1))
        return 0
    fi
    n=$((n + 1))
    echo "+ line $1"
    sh -e "$dir/block.sh" >"$dir/out" 2>&1 || broken "$1" 'failed' "$doc"
}
says() {
    cat >"$dir/wanted"
    awk -f "$here/matches.awk" "$dir/wanted" "$dir/out" || broken "$1" 'says something else' "$doc"
}
file() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

# Python's packages are not mnc's prerequisites: a block runs where all that it imports is there.
python=${MNC_PYTHON:-python3}
have_python() { "$python" -c "import $1" 2>/dev/null; }
# pip as the documents call it, but without the network and into the scratch folder.
mkdir "$dir/bin"
cat >"$dir/bin/pip" <<EOF
#!/bin/sh
shift
exec "$python" -m pip install -q --no-index --no-deps --no-build-isolation --target="$dir/site" "\$@"
EOF
chmod +x "$dir/bin/pip"
export PATH="$dir/bin:$PATH" PYTHONPATH="$dir/site:$src/python"
python() {
    cat >"$dir/block.py"
    for module in $(sed -n 's/^ *\(import\|from\) \([a-z_, ]*\).*/\2/p' "$dir/block.py" | sed 's/ import .*//' | tr , ' '); do
        [ "$module" = mnc ] || have_python "$module" || {
            echo "line $1 left out: $python has no $module"
            left=$((left + 1))
            return 0
        }
    done
    n=$((n + 1))
    echo "+ line $1"
    "$python" "$dir/block.py" >"$dir/out" 2>&1 || broken "$1" 'failed' "$doc"
}
patch_with() {
    n=$((n + 1))
    echo "+ line $1"
    if [ ! -d source ]; then
        mkdir source
        (cd "$src" && tar c --exclude=./build --exclude=./.git --exclude=./bench/env .) | tar x -C source
    fi
    patch -d source -p1 --no-backup-if-mismatch >"$dir/out" 2>&1 ||
        broken "$1" 'does not apply' "$doc"
}

awk -f "$here/blocks.awk" "$doc" >"$dir/script"
. "$dir/script"
[ $((n + left)) -gt 0 ] || fail "$doc has no block that runs"
echo "$n blocks, $left left out"
[ $n -gt 0 ] || exit 77
