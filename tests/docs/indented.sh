#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# indented.sh DOCUMENT: its indented commands, one a line: continuation lines are joined.
sed -n '/^    \(mnc\|mpirun\|cc\) /{:more
/\\$/{N
b more
}
p}' "$1" | sed ':more
/\\$/{N
s/\\\n//
b more
}'
