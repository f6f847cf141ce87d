"""sys.settrace and sys.setprofile: events, frames, jumps."""
import sys
import threading


def g(n):
    x = n + 1
    return x


def f(n):
    for i in range(2):
        if i:
            g(i)
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    with open(__file__) as file:
        file.name
    return g(n)


def gen():
    received = yield 1
    try:
        yield received
    finally:
        g(0)


class C:
    def method(self, x): return [g(y) for y in range(x)]


def trace(frame, event, arg):
    if frame.f_globals is not globals():
        return None
    if event == "exception":
        arg = arg[0].__name__
    print(frame.f_code.co_name, frame.f_lineno, event, arg)
    return trace


def profile(frame, event, arg):
    if frame.f_globals is globals():
        print(frame.f_code.co_name, event, getattr(arg, "__name__", arg))


def drive():
    it = gen()
    next(it)
    it.send(5)
    try:
        it.throw(KeyError("k"))
    except KeyError as e:
        print("caught", e)
    C().method(2)
    return (lambda: 7)()


for function in (lambda: f(3), drive):
    sys.settrace(trace)
    print(sys.gettrace() is trace)
    function()
    sys.settrace(None)
    sys.setprofile(profile)
    function()
    sys.setprofile(None)
print(sys.gettrace(), sys.getprofile())


def jumper(target):
    def local(frame, event, arg):
        if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 2:
            try:
                frame.f_lineno = frame.f_code.co_firstlineno + target
            except ValueError as e:
                print("ValueError:", e)
        return local
    return local


def body():
    print(1)
    print(2)
    for i in range(2):
        print("loop", i)
    try:
        print(3)
    except ValueError:
        print(4)
    print(5)


for target in (1, 5, 4, 8, 9, 99, -3):
    sys.settrace(jumper(target) if target != 1 else None)
    body()
    sys.settrace(None)
try:
    sys._getframe().f_lineno = 3
except ValueError as e:
    print(e)


def failing(frame, event, arg):
    raise RuntimeError("from the trace function")


sys.settrace(failing)
try:
    g(1)
except RuntimeError as e:
    print(e, sys.gettrace())


events = []
threading.settrace(lambda frame, event, arg: events.append(frame.f_code.co_name))
t = threading.Thread(target=g, args=(1,))
t.start()
t.join()
threading.settrace(None)
print("g" in events)


def ping(n):
    return pong(n - 1) if n else "done"


def pong(n):
    return ping(n - 1) if n else "done"


def loop(n):
    if n == 0:
        return 0
    return loop(n - 1)


def counting(frame, event, arg):
    counts[event] = counts.get(event, 0) + 1
    return counting


for function in (ping, loop):
    counts = {}
    sys.settrace(counting)
    function(600)
    sys.settrace(None)
    print(counts)
    counts = {}
    sys.setprofile(counting)
    function(600)
    sys.setprofile(None)
    print(counts["call"], counts["return"])
