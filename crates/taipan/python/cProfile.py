"""Python interface for the 'lsprof' profiler.
Compatible with the 'profile' module.
"""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import importlib.machinery
import io
import marshal
import profile as _pyprofile
import sys
import types


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Builds a profiler object using the specified timer function.
    The default timer is a fast built-in one based on real time.
    For custom timer functions returning integers, timeunit can
    be a float specifying a scale (i.e. how long each integer unit
    is, in seconds).
    """

    def print_stats(self, sort=-1):
        import pstats
        if not isinstance(sort, tuple):
            sort = (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*sort).print_stats()

    def dump_stats(self, file):
        with open(file, "wb") as f:
            self.create_stats()
            marshal.dump(self.stats, f)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Makes of the profiler's entries the dictionary that pstats reads."""
        self.stats = stats = {}
        # Functions of the same label and place are one: what is called in sum, then by whom.
        callers_of = {}
        entries = self.getstats()
        for e in entries:
            place = label(e.code)
            callers = callers_of.setdefault(place, {})
            cc, nc, tt, ct, _ = stats.get(place, (0, 0, 0, 0, None))
            stats[place] = (cc + e.callcount - e.reccallcount, nc + e.callcount,
                            tt + e.inlinetime, ct + e.totaltime, callers)
        for e in entries:
            caller = label(e.code)
            for sub in e.calls or ():
                callers = callers_of.get(label(sub.code))
                if callers is None:
                    continue
                nc, cc, tt, ct = callers.get(caller, (0, 0, 0, 0))
                callers[caller] = (nc + sub.callcount, cc + sub.callcount - sub.reccallcount,
                                   tt + sub.inlinetime, ct + sub.totaltime)

    # What runs under the profiler; each gives back the profiler or the call's result.

    def run(self, cmd):
        import __main__
        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """File, line and name of a function; of one that is not Python's, "~", 0 and its description."""
    if isinstance(code, str):
        return ("~", 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def main():
    import os
    import runpy
    import pstats
    from optparse import OptionParser
    parser = OptionParser(usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...",
                          prog="cProfile.py")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort", default=2, type="choice",
                      choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option("-m", dest="module", action="store_true", default=False, help="Profile a library module")
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The script may go to another directory.
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        if options.module:
            sys.exit(2)
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        globs = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        name = args[0]
        sys.path.insert(0, os.path.dirname(name))
        with io.open_code(name) as file:
            code = compile(file.read(), name, "exec")
        module = types.ModuleType("__main__")
        module.__spec__ = importlib.machinery.ModuleSpec("__main__", None, origin=name)
        module.__file__ = name
        module.__builtins__ = __builtins__
        sys.modules["__main__"] = module
        globs = module.__dict__
    try:
        runctx(code, globs, None, options.outfile, options.sort)
    except BrokenPipeError as e:
        # Whoever read has gone; nothing is to complain about it at exit.
        sys.stdout = None
        sys.exit(e.errno)
    return parser


if __name__ == "__main__":
    main()
