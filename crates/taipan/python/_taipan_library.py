"""Finds the modules of the library that the executable carries.

The library seems to lie in sys._stdlib_dir, which stands in sys.path like any
directory: what comes before it there takes precedence.
"""

import _imp
import sys
from importlib._bootstrap import FrozenImporter, _call_with_frames_removed, spec_from_loader

ROOT = sys._stdlib_dir


def show_frozen_sources(linecache):
    """Lets linecache find the lines of "<frozen os>": no file has them."""
    make_entry = linecache._make_lazycache_entry

    def _make_lazycache_entry(filename, module_globals):
        if filename.startswith("<frozen ") and _imp._library_find(filename[8:-1]) is not None:
            return (lambda: source_of(filename[8:-1]),)
        return make_entry(filename, module_globals)

    linecache._make_lazycache_entry = _make_lazycache_entry


def tell_of_caches(opcode):
    """Lets dis know how many units belong to an instruction."""
    from _opcode_metadata import _caches
    for name, count in _caches.items():
        if name in opcode.opmap and opcode._inline_cache_entries.get(name) != count:
            opcode._cache_format[name] = {"counter": 1, "data": count - 1}
            opcode._inline_cache_entries[name] = count


# What is done to modules after they have run.
AFTERWARDS = {"linecache": show_frozen_sources, "opcode": tell_of_caches}


class LibraryLoader:
    """Loads modules of the embedded library."""

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        code = _imp._library_code(module.__spec__.name)
        _call_with_frames_removed(exec, code, module.__dict__)
        if module.__name__ in AFTERWARDS:
            AFTERWARDS[module.__name__](module)

    @staticmethod
    def is_package(fullname):
        package = _imp._library_find(fullname)
        if package is None:
            raise ImportError(f"no module named {fullname!r} in the library", name=fullname)
        return package

    @staticmethod
    def get_code(fullname):
        return _imp._library_code(fullname)

    @staticmethod
    def get_source(fullname):
        return source_of(fullname)

    @staticmethod
    def get_data(path):
        if path.startswith(ROOT + "/") and path.endswith(".py"):
            name = path[len(ROOT) + 1:-3].replace("/", ".").removesuffix(".__init__")
            data = _imp._library_source(name)
            if data is not None:
                return data
        raise OSError(2, "not a file of the library", path)

    @staticmethod
    def get_filename(fullname):
        return filename_of(fullname, LibraryLoader.is_package(fullname))


LOADER = LibraryLoader()


def source_of(fullname):
    data = _imp._library_source(fullname)
    if data is None:
        return None
    from importlib.util import decode_source
    return decode_source(data)


def filename_of(fullname, package):
    path = ROOT + "/" + fullname.replace(".", "/")
    return path + ("/__init__.py" if package else ".py")


class LibraryFinder:
    """The path entry finder of one directory of the library."""

    def __init__(self, path):
        self.prefix = path[len(ROOT):].strip("/").replace("/", ".")

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        name = f"{self.prefix}.{tail}" if self.prefix else tail
        if name != fullname:
            return None
        package = _imp._library_find(fullname)
        if package is None:
            return None
        filename = filename_of(fullname, package)
        spec = spec_from_loader(fullname, LOADER, origin=filename, is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations = [filename.rpartition("/")[0]]
        return spec

    @staticmethod
    def invalidate_caches():
        pass

    def iter_modules(self, prefix=""):
        start = self.prefix + "." if self.prefix else ""
        for name in _imp._library_names():
            if name.startswith(start):
                tail = name[len(start):]
                if tail and "." not in tail:
                    yield prefix + tail, _imp._library_find(name)


def path_hook(path):
    if path == ROOT or path.startswith(ROOT + "/"):
        return LibraryFinder(path)
    raise ImportError("not a directory of the library", path=path)


def archive_hook(path):
    """zipimport's importer, which is not imported before an archive is met."""
    import _frozen_importlib_external as external
    # A directory or nothing at all: the usual case.
    if external._path_isdir(path) or not path:
        raise ImportError("not an archive", path=path)
    import zipimport
    return zipimport.zipimporter(path)


def install():
    sys.path_hooks.insert(0, archive_hook)
    # Modules that are found as frozen ones have their sources in the library, too.
    FrozenImporter.get_source = staticmethod(source_of)
    sys.path_hooks.insert(0, path_hook)
