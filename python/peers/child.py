"""Runs one probe with one tool, in a process of its own. Plain enough for Python 2.7."""
import sys


def grandparent(function):
    # The technique of ActiveState recipe 474088: an exception leaves the frames when the function
    # finds itself two frames up.
    class Leave(BaseException):
        pass

    def caller(*args, **kwargs):
        frame = sys._getframe()
        if frame.f_back and frame.f_back.f_back and frame.f_back.f_back.f_code is frame.f_code:
            leave = Leave()
            leave.call = args, kwargs
            raise leave
        while True:
            try:
                return function(*args, **kwargs)
            except Leave as leave:
                args, kwargs = leave.call

    caller.__doc__ = function.__doc__
    return caller


def tool(name):
    if name == "taipan_tail":
        from taipan_tail import tail_optimize as tco
    elif name == "474088":
        tco = grandparent
    elif name == "tail-recurse":
        from tail_recurse import tail_call as tco
    elif name == "tacopy":
        from tacopy import tacopy as tco
    elif name == "chronotco":
        from chronotco import chronotco as tco
    elif name == "pytailcall":
        from pytailcall import tail_optimize as tco
    else:  # coconut: its compiler does it; plain: nothing does
        tco = lambda f: f
    return tco


def group(name):
    """How the tool does mutual recursion, if it does."""
    if name == "taipan_tail":
        from taipan_tail import tail_group

        return tail_group
    tco = tool(name)
    return lambda *functions: tuple(map(tco, functions))


def main(name, path):
    # A file and a module, for tools that read the source.
    with open(path) as file:
        text = file.read()
    class Module(object):
        pass

    import types

    module = types.ModuleType("probe")
    module.__file__ = path
    sys.modules["probe"] = module
    scope = module.__dict__
    scope.update(tco=tool(name), group=group(name), DEEP=20000)
    if name == "tacopy":
        # It takes its own decorator out of the source by name.
        text = text.replace("tco", "tacopy")
        with open(path, "w") as file:
            file.write(text)
        scope["tacopy"] = scope["tco"]
    if name == "coconut":
        # Its compiler needs no decorator.
        from coconut.api import parse

        text = parse(text.replace("@tco\n", "\n"), "exec")
    code = compile(text, path, "exec")
    try:
        exec(code, scope)
    except BaseException as error:
        if "check" not in scope or isinstance(error, SyntaxError):
            sys.stderr.write("%s: %s\n" % (type(error).__name__, error))
            sys.exit(40)
        raise
    try:
        scope["check"]()
    except (RecursionError if sys.version_info[0] > 2 else RuntimeError):
        sys.exit(42)
    except BaseException as error:
        sys.stderr.write("%s: %s\n" % (type(error).__name__, error))
        sys.exit(41)
    sys.exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
