"""What must not change: positions, tracing, metadata, identity, interruption."""

import copy
import doctest
import inspect
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
import types
import unittest
import warnings

from taipan_tail import TailCallError, explain, tail_group, tail_optimize, tailrec

PY312 = sys.version_info >= (3, 12)


@tail_optimize
def picklable(n, acc=0):
    """Count.

    >>> picklable(3)
    3
    """
    return picklable(n - 1, acc + 1) if n else acc


def both(source, name="f", **options):
    """The function of `source` as it is, and a decorated one."""
    plain, fast = {}, {}
    code = compile(source, "<both>", "exec")
    exec(code, plain)
    exec(code, fast)
    tail_optimize(fast[name], **options)
    assert fast[name].__code__.co_code != plain[name].__code__.co_code, "nothing was rewritten"
    return plain[name], fast[name]


class Metadata(unittest.TestCase):
    def test_identity(self):
        def f(n):
            return f(n - 1) if n else 0

        self.assertIs(tail_optimize(f), f)

    def test_attributes(self):
        def f(n: int, acc: str = "x", *a, k: float = 1.0, **kw) -> int:
            "Doc."
            return f(n - 1, acc) if n else 0

        want = (inspect.signature(f), f.__doc__, f.__name__, f.__qualname__, f.__module__, f.__annotations__)
        f.extra = 1
        for strategy in ("internal_loop", "partial_func", "return_tuple"):
            g = tail_optimize(f, strategy=strategy)
            got = (inspect.signature(g), g.__doc__, g.__name__, g.__qualname__, g.__module__, g.__annotations__)
            self.assertEqual(got, want)
            self.assertEqual(g.extra, 1)
            if strategy == "internal_loop":
                f = types.FunctionType(f.__code__, f.__globals__, "f", f.__defaults__, f.__closure__)
                break

    def test_wrapped(self):
        def f(n):
            return f(n - 1) if n else 0

        for strategy in ("partial_func", "return_tuple"):
            g = tail_optimize(f, strategy=strategy)
            self.assertIs(g.__wrapped__, f)
            self.assertEqual(str(inspect.signature(g)), "(n)")

    def test_pickle_and_copy(self):
        self.assertIs(pickle.loads(pickle.dumps(picklable)), picklable)
        self.assertIs(copy.deepcopy(picklable), picklable)

    def test_code_can_be_taken_apart(self):
        # As tools do that send functions elsewhere by value: constants must be picklable.
        def f(n, *a, k=1, **kw):
            return f(n - 1, *a, **kw) if n else (a, k)

        for strategy in ("internal_loop", "partial_func", "return_tuple"):
            g = tail_optimize(types.FunctionType(f.__code__, {}, "f", None, f.__closure__), strategy=strategy)
            code = g.__code__
            if strategy != "internal_loop":
                bodies = dict(zip(code.co_freevars, g.__closure__))["bodies"].cell_contents
                code = bodies[0].__code__
            for const in code.co_consts:
                if not isinstance(const, types.CodeType):
                    pickle.loads(pickle.dumps(const))

    def test_doctest(self):
        finder = doctest.DocTestFinder()
        tests = [t for t in finder.find(picklable, "picklable", globs={"picklable": picklable}) if t.examples]
        self.assertEqual(len(tests), 1)
        self.assertEqual(doctest.DocTestRunner().run(tests[0]).failed, 0)

    def test_source(self):
        self.assertIn("return picklable(n - 1", inspect.getsource(picklable))

    def test_code_parts(self):
        plain, fast = both("def f(n, m=1):\n  x = n\n  return f(x - 1, m) if n else m\n")
        a, b = plain.__code__, fast.__code__
        for part in ("co_argcount", "co_varnames", "co_cellvars", "co_flags", "co_filename", "co_firstlineno", "co_name"):
            self.assertEqual(getattr(a, part), getattr(b, part))
        self.assertEqual(b.co_consts[: len(a.co_consts)], a.co_consts)
        self.assertEqual(len(list(b.co_positions())), len(b.co_code) // 2)


class Positions(unittest.TestCase):
    SOURCE = (
        "def f(n, g=None,\n"
        "      h=1):\n"
        "    for i in range(n):\n"
        "        if i == 7:\n"
        "            1 / (n -\n"
        "                 n)\n"
        "    x = [1 // (y - 3)\n"
        "         for y in range(n % 5)]\n"
        "    if n == 9:\n"
        "        raise KeyError\n"
        "    if n == 2:\n"
        "        return f(n -\n"
        "                 1,\n"
        "                 h=1 // (n - 2))\n"
        "    def inner():\n"
        "        return n\n"
        "    return f(n - 1,\n"
        "             g,\n"
        "             h) if n else inner.no_such\n"
    )

    def crash(self, f, n):
        try:
            f(n)
        except Exception as e:
            last = traceback.extract_tb(e.__traceback__)[-1]
            return type(e), last.lineno, last.end_lineno, last.colno, last.end_colno, last.name
        return None

    def test_tracebacks(self):
        plain, fast = both(self.SOURCE)
        kinds = set()
        for n in range(14):
            want = self.crash(plain, n)
            kinds.add(want[:2])
            self.assertEqual(self.crash(fast, n), want, n)
        self.assertGreater(len(kinds), 3)

    def test_what_is_added_has_lines(self):
        plain, fast = both(self.SOURCE)
        # One unit goes before all, for the hidden variable.
        positions = list(fast.__code__.co_positions())[1:]
        before = list(plain.__code__.co_positions())
        self.assertEqual(positions[: len(before)], before)
        added = positions[len(before) :]
        self.assertTrue(added)
        self.assertNotIn(None, [p[0] for p in added])

    def test_fallback_position(self):
        source = "def f(n):\n  if n < 3:\n    return (n and\n      f(n - 1))\n  return 1 // 0\n"
        plain, fast = both(source)
        plain.__globals__["f"] = fast.__globals__["f"] = lambda n: 1 // 0
        self.assertEqual(
            [tuple(x[:2]) for x in traceback.extract_tb(self.error(plain))[1:]],
            [tuple(x[:2]) for x in traceback.extract_tb(self.error(fast))[1:]],
        )

    def error(self, f):
        try:
            f(2)
        except ZeroDivisionError as e:
            return e.__traceback__


class Tracing(unittest.TestCase):
    SOURCES = [
        "def f(n, acc=0):\n  if n == 0:\n    return acc\n  return f(n - 1, acc + 1)\n",
        "def f(n, acc=0):\n  return f(n - 1, acc + 1) if n else acc\n",
        "def f(n,\n      acc=0):\n  x = n\n  if x:\n    return f(\n      x - 1,\n      acc\n      + 1)\n  return acc\n",
        "def f(n, acc=0):\n  for i in range(2):\n    while n:\n      return f(n - 1)\n  return (lambda: n)()\n",
        "def f(n, *a):\n  if n:\n    return f(n - 1, *a)\n  else:\n    return a\n",
        "def f(n, *, k=3):\n  if n:\n    return f(n - 1,\n       k=1 if k\n         else 2)\n  return k\n",
        "def f(n):\n  if n > 1:\n    return f(n - 1)\n  elif n == 1:\n    return f(n - 1)\n  return 0\n",
        "def f(n):\n  return (n and\n     f(n - 1))\n",
    ]

    def settrace(self, f, n):
        events = []
        back = []

        def local(frame, event, arg):
            # On the way back from the calls plain recursion passes some lines again.
            if event == "return":
                back.append(1)
            if event in ("line", "exception") and not back:
                events.append((event, frame.f_lineno))
            return local

        def trace(frame, event, arg):
            if frame.f_code is f.__code__:
                return local

        old = sys.gettrace()
        sys.settrace(trace)
        try:
            f(n)
        finally:
            sys.settrace(old)
        return events

    def test_settrace_lines(self):
        for source in self.SOURCES:
            with self.subTest(source):
                plain, fast = both(source)
                want = self.settrace(plain, 3)
                self.assertEqual(self.settrace(fast, 3), want)
                self.assertEqual(self.settrace(fast, 3), want)

    def test_settrace_after_warming_up(self):
        for source in self.SOURCES:
            plain, fast = both(source)
            for _ in range(50):
                fast(20)
            with self.subTest(source):
                self.assertEqual(self.settrace(fast, 3), self.settrace(plain, 3))

    def test_settrace_fallback(self):
        for source in self.SOURCES:
            plain, fast = both(source)
            for f in (plain, fast):
                f.__globals__["f"] = lambda *a, **k: None
            with self.subTest(source):
                self.assertEqual(self.settrace(fast, 3), self.settrace(plain, 3))

    def test_method(self):
        source = (
            "class A:\n  def m(self, n):\n    if n:\n      return self.m(\n        n - 1)\n    return 0\n"
            "def f(n):\n  return A().m(n)\n"
        )
        plain, fast = {}, {}
        exec(source, plain)
        exec(source, fast)
        tail_optimize(fast["A"].m)

        def events(scope, a):
            found = []

            def trace(frame, event, arg):
                if frame.f_code is scope["A"].m.__code__:
                    if event in ("line", "exception"):
                        found.append((event, frame.f_lineno))
                    return trace

            sys.settrace(trace)
            try:
                scope["A"].m(a, 3)
            finally:
                sys.settrace(None)
            return found

        self.assertEqual(events(fast, fast["A"]()), events(plain, plain["A"]()))
        for scope in (plain, fast):
            scope["B"] = type("B", (scope["A"],), {"m": lambda self, n: n})
        self.assertEqual(events(fast, fast["B"]()), events(plain, plain["B"]()))

    @unittest.skipUnless(PY312, "sys.monitoring is new in 3.12")
    def test_monitoring_lines(self):
        mon = sys.monitoring
        for source in self.SOURCES:
            got = []
            for f in both(source):
                events = []
                back = []
                mon.use_tool_id(3, "test")
                mon.register_callback(3, mon.events.LINE, lambda code, line: back or events.append(line))
                mon.register_callback(3, mon.events.PY_RETURN, lambda *a: back.append(1))
                mon.set_local_events(3, f.__code__, mon.events.LINE | mon.events.PY_RETURN)
                try:
                    f(3)
                finally:
                    mon.set_local_events(3, f.__code__, 0)
                    mon.free_tool_id(3)
                got.append(events)
            with self.subTest(source):
                self.assertEqual(got[1], got[0])

    @unittest.skipUnless(PY312, "sys.monitoring is new in 3.12")
    def test_all_events_are_harmless(self):
        mon = sys.monitoring
        every = [1 << i for i in range(len(vars(mon.events)))]
        for source in self.SOURCES:
            for f in both(source):
                mon.use_tool_id(3, "test")
                chosen = 0
                for event in every:
                    try:
                        mon.set_events(3, event)
                    except ValueError:
                        continue
                    chosen |= event
                    mon.register_callback(3, event, lambda *a: None)
                try:
                    try:
                        mon.set_events(3, chosen)
                    except ValueError:
                        mon.set_events(3, mon.events.LINE | mon.events.INSTRUCTION | mon.events.BRANCH | mon.events.CALL)
                    f(3)
                finally:
                    mon.set_events(3, 0)
                    mon.free_tool_id(3)

    def test_opcode_events(self):
        for source in self.SOURCES:
            _, f = both(source)

            def trace(frame, event, arg):
                frame.f_trace_opcodes = True
                return trace

            sys.settrace(trace)
            try:
                f(3)
            finally:
                sys.settrace(None)

    def test_jump_in_tracer(self):
        _, f = both(self.SOURCES[0])

        def trace(frame, event, arg):
            if frame.f_code is f.__code__ and event == "line" and frame.f_lineno == 4 and frame.f_locals["n"] == 2:
                frame.f_lineno = 3
            return trace

        sys.settrace(trace)
        try:
            self.assertEqual(f(4), 2)
        finally:
            sys.settrace(None)

    def test_locals_seen_by_tracer(self):
        plain, fast = both(self.SOURCES[0])
        seen = []
        for f in (plain, fast):
            got = []

            def trace(frame, event, arg):
                if frame.f_code is f.__code__ and event == "line":
                    got.append({k: v for k, v in frame.f_locals.items() if not k.startswith(".")})
                return trace

            sys.settrace(trace)
            try:
                f(3)
            finally:
                sys.settrace(None)
            seen.append(got)
        self.assertEqual(*seen)


class Interrupts(unittest.TestCase):
    SOURCES = [
        "def f():\n  return f()\n",
        "def f(*a):\n  return f(*a)\n",
        "def f(x=1):\n  return f(x)\n",
    ]

    @unittest.skipUnless(hasattr(signal, "setitimer"), "needs timers")
    def test_ctrl_c(self):
        old = signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            for source in self.SOURCES:
                _, f = both(source)
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                try:
                    f()
                except KeyboardInterrupt as e:
                    line = e.__traceback__.tb_next.tb_lineno
                self.assertIn(line, (1, 2))
        finally:
            signal.signal(signal.SIGALRM, old)

    def test_threads(self):
        _, f = both("def f(n, acc=0):\n  return f(n - 1, acc + 1) if n else acc\n")
        results = []
        threads = [threading.Thread(target=lambda: results.append(f(50_000))) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(results, [50_000] * 4)

    def test_decorated_while_running(self):
        def f(n, go):
            if n == 5 and go:
                tail_optimize(f)
            return f(n - 1, go) if n else "end"

        self.assertEqual(f(10, True), "end")
        self.assertEqual(f(20_000, False), "end")


class BadInput(unittest.TestCase):
    def test_what_is_given(self):
        class C:
            def m(self):
                pass

        cases = {
            "builtin 'len'": len,
            "class 'dict'": dict,
            "'BadInput.test_what_is_given.<locals>.C'": C,
            "int object": 5,
            "NoneType object": type(None).__new__(type(None)) or "",
            "bound method": C().m,
            "property object": property(lambda self: 1),
            "builtin_function": None,
        }
        del cases["builtin_function"], cases["NoneType object"]
        for text, thing in cases.items():
            for decorate in (tail_optimize, tailrec):
                with self.assertRaisesRegex(TypeError, text):
                    decorate(thing)
            with self.assertRaises(TypeError):
                explain(thing if text != "bound method" else 5)
            with self.assertRaises(TypeError):
                tail_group(thing)
        with self.assertRaisesRegex(TypeError, "method_descriptor object 'append'"):
            tail_optimize(list.append)

    def test_tailrec_errors(self):
        def f(n):
            if n > 1:
                return f(n - 1)
            return 1 + f(n - 1)

        code = f.__code__
        with self.assertRaises(TailCallError) as caught:
            tailrec(f)
        self.assertRegex(str(caught.exception), r"f: this self call is not optimised: line \d+: its value is used")
        self.assertIs(f.__code__, code)

    def run_with(self, setup, body):
        script = f"import sys, warnings\n{setup}\nimport taipan_tail\n{body}"
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONWARNINGS": "always"}
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env)

    def test_unknown_version(self):
        fake = (
            "v = list(sys.version_info); v[1] = 99\n"
            "import sysconfig, opcode, functools, inspect, dataclasses, types\n"
            "sys.version_info = tuple(v)\n"
        )
        body = (
            "def f(n): return f(n - 1) if n else 0\n"
            "code = f.__code__\n"
            "assert taipan_tail.tail_optimize(f) is f and f.__code__ is code\n"
            "assert taipan_tail.tail_optimize(strategy='return_tuple')(f) is f\n"
            "assert taipan_tail.tail_group(f)[0] is f\n"
            "try: taipan_tail.tailrec(f)\n"
            "except taipan_tail.TailCallError as e: print('TailCallError', e)\n"
            "print(taipan_tail.explain(f))\n"
        )
        done = self.run_with(fake, body)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("RuntimeWarning"), 1, done.stderr)
        self.assertIn("the bytecode of CPython 3.99 is not known", done.stderr)
        self.assertIn("TailCallError f: the bytecode of CPython 3.99", done.stdout)

    def test_free_threaded(self):
        fake = "sys._is_gil_enabled = lambda: False\n"
        done = self.run_with(fake, "print(taipan_tail._platform.trouble)")
        self.assertIn("free-threaded", done.stdout)

    def test_changed_opcodes(self):
        fake = "import opcode; opcode.opmap = {k: v for k, v in opcode.opmap.items() if k != 'COPY'}\n"
        done = self.run_with(fake, "print(taipan_tail._platform.trouble)")
        self.assertIn("has no instruction COPY", done.stdout, done.stderr)

    def test_crafted_code(self):
        def f(n):
            return f(n - 1) if n else 0

        code = f.__code__
        for junk in (b"\x00\x00" * 3, b"\x09\x00" * 3, code.co_code[:-2], code.co_code[2:], b""):
            try:
                crafted = code.replace(co_code=junk)
            except ValueError:
                continue
            g = types.FunctionType(crafted, {}, "f", None, f.__closure__)
            tail_optimize(g)
            self.assertIs(g.__code__, crafted)
            self.assertIsNotNone(explain(g).trouble)
            with self.assertRaises(TailCallError):
                tailrec(g)


class Explain(unittest.TestCase):
    def test_text(self):
        def f(n):
            g = len("abc")
            if n > g:
                return f(n - 1)
            return str(f(n - 1))

        before = explain(f)
        self.assertFalse(before.decorated)
        tail_optimize(f)
        after = explain(f)
        self.assertTrue(after.decorated)
        self.assertEqual(before.calls, after.calls)
        self.assertEqual([c.callee for c in after], ["len", "f", "str", "f"] if after.calls[2].callee == "str" else ["len", "f", "f", "str"])
        self.assertIn("f(): tail call, rewritten", str(after))
        self.assertIn("not a tail call: its value is used", str(after))

    def test_method(self):
        class A:
            @tail_optimize
            def m(self, n):
                return self.m(n - 1) if n else 0

        self.assertEqual(str(explain(A().m)), str(explain(A.m)))


class Instructions(unittest.TestCase):
    def test_stack_effects(self):
        import dis
        import opcode

        from taipan_tail import _platform

        with_arg = set(getattr(dis, "hasarg", range(opcode.HAVE_ARGUMENT, 256)))
        for name, number in opcode.opmap.items():
            if number >= 256 or _platform.tables.stack_effect(number, 0, jump=False) is None:
                continue
            args = (0, 1, 2, 3, 4, 7, 12, 15) if number in with_arg else (0,)
            for arg in args:
                for jump in (False, True):
                    if jump and number not in dis.hasjrel:
                        continue
                    try:
                        want = dis.stack_effect(number, arg if number in with_arg else None, jump=jump)
                    except ValueError:
                        continue
                    got = _platform.tables.stack_effect(number, arg, jump=jump)
                    if name in ("CALL", "PRECALL") and sys.version_info < (3, 12):
                        # 3.11 counts the arguments with PRECALL.
                        want = {"CALL": want - arg, "PRECALL": want + arg}[name]
                    if name in ("RETURN_GENERATOR", "BUILD_SLICE", "CALL_FUNCTION_EX", "MAKE_FUNCTION") and arg > 3:
                        continue
                    if name in ("RETURN_GENERATOR", "RETURN_VALUE"):
                        continue  # counted with what the caller gets, or not
                    with self.subTest(name, arg=arg, jump=jump):
                        self.assertEqual(got, want)


if __name__ == "__main__":
    unittest.main()
