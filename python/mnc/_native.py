# SPDX-License-Identifier: Apache-2.0
"""The libraries as they are installed: what their own headers declare, by cffi.

No declaration is repeated here: struct layouts and functions are read from include/mnc beside the
libraries, which belong together.
"""
import os
import re
import sys
from pathlib import Path

from cffi import FFI

ffi = FFI()


def _prefix():
    """The installation: MNC_PREFIX, else Python's own prefix, the user's, the system's."""
    named = os.environ.get("MNC_PREFIX")
    places = [named] if named else [sys.prefix, Path.home() / ".local", "/usr/local", "/usr"]
    for place in map(Path, places):
        if (place / "include/mnc/run.h").exists():
            return place
    raise ImportError("mnc is not installed in " + ", ".join(map(str, places))
                      + " (MNC_PREFIX names another place)")


def _library(prefix, name):
    found = sorted(prefix.glob(f"lib*/{name}.so")) + sorted(prefix.glob(f"lib/*/{name}.so"))
    if not found:
        raise ImportError(f"there is no {name}.so in {prefix}")
    return ffi.dlopen(str(found[0]))


def _declarations(folder, name, seen):
    """A header's text after that of the headers it includes, without preprocessor lines."""
    if name in seen:
        return ""
    seen.add(name)
    text = (folder / name).read_text()
    before = "".join(_declarations(folder, other, seen)
                     for other in re.findall(r'#include "(mnc/\w+\.h)"', text))
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.S)
    return before + re.sub(r"^#.*$", "", text, flags=re.M)


_place = _prefix()
_seen = set()
for _header in ("mnc/mnc.h", "mnc/run.h"):
    ffi.cdef(_declarations(_place / "include", _header, _seen))
compiler = _library(_place, "libmnc")
runtime = _library(_place, "libmncrt")


def text(pointer):
    return ffi.string(pointer).decode("utf-8", "replace")


def fill(kind, values, keep):
    """A struct of that type: values by its fields' names; keep: a list of what must stay alive.

    Numbers and strings are themselves; a list of strings ends with NULL; a dictionary is a list of
    NAME=VALUE, a tuple in it a shape: 1,3,224,224.
    """
    struct = ffi.new(kind + " *")
    fields = dict(ffi.typeof(kind).fields)
    for name, value in values.items():
        if name not in fields:
            raise TypeError(f"there is no option '{name}'; there are " + ", ".join(fields))
        if value is None:
            continue
        setattr(struct, name, _value(fields[name].type, value, keep))
    keep.append(struct)
    return struct


def _value(kind, value, keep):
    if kind.kind != "pointer":
        return value
    if kind.item.kind == "struct":
        return fill(kind.item.cname, value, keep)
    if kind.item.kind == "pointer":
        if isinstance(value, dict):
            value = [f"{k}={_plain(v)}" for k, v in value.items()]
        strings = [_value(kind.item, v, keep) for v in value]
        made = ffi.new("const char *[]", strings + [ffi.NULL])
    else:
        made = ffi.new("char[]", os.fsencode(value))
    keep.append(made)
    return made


def _plain(value):
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
