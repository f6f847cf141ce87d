"""What `sysconfig` tells of the build. Imported as `_sysconfigdata_<abiflags>_<platform>_<multiarch>`.

Taipan has no C API: what a C compiler would need is empty.
"""
import sys

_version = "%d.%d" % sys.version_info[:2]

build_time_vars = {
    "ABIFLAGS": "",
    "AR": "ar",
    "ARFLAGS": "rcs",
    "BINDIR": sys.prefix + "/bin",
    "BINLIBDEST": sys.prefix + "/lib/taipan" + _version,
    "CC": "cc",
    "CFLAGS": "",
    "CONFIG_ARGS": "",
    "CXX": "c++",
    "EXE": "",
    "EXT_SUFFIX": "." + sys.implementation.cache_tag + ".so",
    "HAVE_FORK": 1,
    "LDFLAGS": "",
    "LDSHARED": "cc -shared",
    "LIBDEST": sys.prefix + "/lib/taipan" + _version,
    "LIBDIR": sys.prefix + "/lib",
    "MACHDEP": sys.platform,
    "MULTIARCH": sys.implementation._multiarch,
    "OPT": "",
    "PY_CFLAGS": "",
    "PY_LDFLAGS": "",
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "Py_TRACE_REFS": 0,
    "SHELL": "/bin/sh",
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_VOID_P": 8,
    "SOABI": sys.implementation.cache_tag,
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": _version,
    "WITH_DOC_STRINGS": 1,
    "exec_prefix": sys.exec_prefix,
    "prefix": sys.prefix,
    "srcdir": sys.prefix + "/lib/taipan" + _version,
}
