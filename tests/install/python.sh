#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# python.sh SOURCE_DIR BUILD_DIR: the Python package, by pip where setuptools is there, on the
# installed libraries.  MNC_PYTHON names an interpreter that has numpy and cffi; else python3.
. "$(dirname "$0")/lib.sh"
python=${MNC_PYTHON:-python3}
"$python" -c 'import numpy, cffi' 2>/dev/null ||
    { echo "skipped: $python has no numpy and cffi"; exit 77; }
export MNC_PREFIX="$prefix" MNC="$bin/mnc" MODELS="$src/models" PYTHONDONTWRITEBYTECODE=1
cp -r "$src/python" package
if "$python" -c 'import pip, setuptools, sys; sys.exit(setuptools.__version__ < "61")' 2>/dev/null
then
    quiet "$python" -m pip install -q --no-index --no-deps --no-build-isolation --target=site ./package
    export PYTHONPATH="$dir/site"
else
    export PYTHONPATH="$dir/package"
fi
jit=$(find "$prefix" -name 'libmncjit.so.*')
JIT=${jit:+yes} "$python" "$src/tests/install/python.py"
rm -f $jit
JIT=no "$python" "$src/tests/install/python.py" Package.test_jit
# What is not installed is said.
! MNC_PREFIX=$dir/nothing "$python" -c 'import mnc' 2>err || fail 'imports without the library'
says err 'is not installed in'
