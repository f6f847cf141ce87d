"""sys.monitoring: events, tools, local events, DISABLE."""
import sys

M = sys.monitoring
E = M.events
TOOL = M.PROFILER_ID


def g(x):
    return x * 2


def f(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += g(i)
    try:
        {}["missing"]
    except KeyError:
        len("abc")
    return total


def gen():
    yield 1
    yield 2


M.use_tool_id(TOOL, "test")
print(M.get_tool(TOOL), M.get_events(TOOL))
log = []
NAMES = [n for n in dir(E) if n.isupper() and n not in ("NO_EVENTS", "INSTRUCTION", "JUMP", "BRANCH", "BRANCH_LEFT", "BRANCH_RIGHT")]


def recorder(name):
    def record(code, *args):
        if code.co_filename == __file__:
            if name != "LINE":
                args = args[1:]
            log.append((name, code.co_name, *[getattr(a, "__name__", repr(a)) for a in args if a is not M.MISSING]))
    return record


for name in NAMES:
    M.register_callback(TOOL, getattr(E, name), recorder(name))
every = 0
for name in NAMES:
    every |= getattr(E, name)
M.set_events(TOOL, every)
f(4)
list(gen())
try:
    g(None)
except TypeError:
    pass
M.set_events(TOOL, 0)
for entry in log:
    print(*entry)
print("disable")
log = []


def once(code, line):
    log.append(line - code.co_firstlineno)
    return M.DISABLE


M.register_callback(TOOL, E.LINE, once)
M.set_local_events(TOOL, f.__code__, E.LINE)
print(M.get_local_events(TOOL, f.__code__) == E.LINE)
f(3)
f(3)
print(log)
M.restart_events()
f(3)
print(log)
M.set_local_events(TOOL, f.__code__, 0)
M.register_callback(TOOL, E.RAISE, lambda *args: M.DISABLE)
M.set_events(TOOL, E.RAISE)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        print("not reached")
except ValueError as e:
    print(e)
M.set_events(TOOL, 0)
for call in (
    lambda: M.use_tool_id(9, "x"),
    lambda: M.use_tool_id(TOOL, "x"),
    lambda: M.set_events(TOOL, E.C_RETURN),
    lambda: M.set_events(TOOL, 1 << 40),
    lambda: M.set_events(1, E.LINE),
    lambda: M.set_local_events(TOOL, f.__code__, E.RAISE),
    lambda: M.register_callback(TOOL, 3, None),
):
    try:
        call()
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(M._all_events())
M.free_tool_id(TOOL)
print(M.get_tool(TOOL))


def ping(n):
    return pong(n - 1) if n else "done"


def pong(n):
    return ping(n - 1) if n else "done"


counts = {"start": 0, "return": 0}
M.use_tool_id(TOOL, "balance")


def started(code, offset):
    counts["start"] += 1


def returned(code, offset, value):
    counts["return"] += 1


M.register_callback(TOOL, E.PY_START, started)
M.register_callback(TOOL, E.PY_RETURN, returned)
M.set_events(TOOL, E.PY_START | E.PY_RETURN)
ping(700)
M.set_events(TOOL, 0)
print(counts)
