#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fixture.sh MNC NAME: mnc check on fixture NAME.  fixture.sh SCRIPT NAME MNC SOURCE_DIR: the script on
# it.  Exit code 77, which ctest shows as skipped, where the fixtures are not.
set -eu
model=${MNC_FIXTURES:-../shared/fixtures}/$2/model.onnx
if [ ! -f "$model" ]; then
    echo "skipped: no $2 under MNC_FIXTURES"
    exit 77
fi
case $1 in
*.sh) exec sh "$1" "$3" "$model" "$4" ;;
*) exec "$1" check "$model" ;;
esac
