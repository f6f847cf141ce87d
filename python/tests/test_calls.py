"""Every kind of call and signature: right at small depth, and in constant space at great depth."""

import gc
import sys
import types
import unittest
import weakref

from taipan_tail import TailCallError, explain, tail_group, tail_optimize, tailrec

DEEP = 20_000


class Calls(unittest.TestCase):
    def test_positional(self):
        @tailrec
        def f(n, acc=0):
            return f(n - 1, acc + n) if n else acc

        self.assertEqual(f(DEEP), DEEP * (DEEP + 1) // 2)

    def test_swapped_arguments(self):
        @tailrec
        def f(a, b, n):
            if n == 0:
                return a, b
            return f(b, a, n - 1)

        self.assertEqual(f("a", "b", 1), ("b", "a"))
        self.assertEqual(f("a", "b", DEEP), ("a", "b"))

    def test_keywords(self):
        @tailrec
        def f(n, *, acc, step=1):
            if n == 0:
                return acc
            return f(n - 1, step=step, acc=acc + step)

        self.assertEqual(f(DEEP, acc=1, step=2), 2 * DEEP + 1)

    def test_all_keywords(self):
        @tailrec
        def f(a, b, c):
            if not a:
                return b, c
            return f(c=b, b=c, a=a - 1)

        self.assertEqual(f(DEEP + 1, "b", "c"), ("c", "b"))

    def test_no_arguments(self):
        left = [DEEP]

        @tailrec
        def f():
            if not left[0]:
                return "done"
            left[0] -= 1
            return f()

        self.assertEqual(f(), "done")

    def test_no_arguments_no_variables_closed_over_self(self):
        class Stop(Exception):
            pass

        count = 0

        def tick():
            nonlocal count
            count += 1
            if count > DEEP:
                raise Stop

        @tailrec
        def f():
            tick()
            return f()

        self.assertRaises(Stop, f)

    def test_defaults(self):
        @tailrec
        def f(n, tag="x", acc=()):
            if n <= 0:
                return tag
            return f(n - 1)

        self.assertEqual(f(DEEP, "y"), "x")
        f.__defaults__ = ("z", ())
        self.assertEqual(f(DEEP, "y"), "z")
        self.assertEqual(f(0, "y"), "y")
        f.__defaults__ = ("w",)
        with self.assertRaisesRegex(TypeError, "missing 1 required positional argument: 'tag'"):
            f(3, "y", 1)

    def test_mutable_default(self):
        @tailrec
        def f(n, seen=[]):
            seen.append(n)
            return f(n - 1) if n else len(seen)

        self.assertEqual(f(9), 10)
        self.assertEqual(f(9), 20)

    def test_keyword_only_defaults_change(self):
        @tailrec
        def f(n, *, tag="x"):
            return f(n - 1) if n else tag

        self.assertEqual(f(DEEP, tag="y"), "x")
        f.__kwdefaults__["tag"] = "z"
        self.assertEqual(f(DEEP, tag="y"), "z")
        del f.__kwdefaults__["tag"]
        with self.assertRaisesRegex(TypeError, "missing 1 required keyword-only argument: 'tag'"):
            f(3, tag="y")

    def test_default_removed(self):
        @tail_optimize
        def f(n, tag="x"):
            return f(n - 1) if n else tag

        f.__defaults__ = None
        with self.assertRaisesRegex(TypeError, "missing 1 required positional argument: 'tag'"):
            f(1, "y")

    def test_varargs_in_signature(self):
        @tailrec
        def f(n, *rest):
            if n == 0:
                return rest
            return f(n - 1, n, *rest[:2])

        self.assertEqual(f(DEEP), (1, 2, 3))

        @tailrec
        def g(n, *rest):
            if n == 0:
                return rest
            return g(n - 1, n, n)

        self.assertEqual(g(DEEP), (1, 1))

        @tailrec
        def h(n, *rest):
            return h(n - 1) if n else rest

        self.assertEqual(h(DEEP, 1, 2), ())

    def test_kwargs_in_signature(self):
        @tailrec
        def f(n, **kw):
            if n == 0:
                return kw
            return f(n - 1, a=n, **{"b": kw.get("a")})

        self.assertEqual(f(DEEP), {"a": 1, "b": 2})

        @tailrec
        def g(n, **kw):
            return g(n - 1, n2=n) if n else kw

        self.assertEqual(g(DEEP), {"n2": 1})

        @tailrec
        def h(n, **kw):
            return h(n - 1) if n else kw

        self.assertEqual(h(DEEP, z=1), {})

        @tailrec
        def fresh(n, seen, **kw):
            if n == 0:
                return len({id(k) for k in seen}), seen
            kw[str(n)] = n
            return fresh(n - 1, seen + [kw])

        self.assertEqual(fresh(3, [])[0], 3)

    def test_star_call(self):
        @tailrec
        def f(*args):
            return f(*args[1:]) if args else "empty"

        self.assertEqual(f(*range(300)), "empty")

        @tailrec
        def g(a, b=2, *, c=3, **kw):
            if a == 0:
                return b, c, kw
            return g(*[a - 1, b], **{"c": c + 1, "d": a})

        self.assertEqual(g(DEEP), (2, 3 + DEEP, {"d": 1}))

    def test_star_call_of_iterators(self):
        @tailrec
        def f(n, *rest):
            return f(*(x for x in (n - 1, 5))) if n else rest

        self.assertEqual(f(DEEP), (5,))

    def test_star_call_errors(self):
        @tail_optimize
        def f(n, m=0):
            if n == 3:
                return f(*5)
            if n == 2:
                return f(*(1, 2, 3))
            if n == 1:
                return f(*(1,), **{"n": 2})
            if n == 0:
                return f(1, q=1)
            return f(**{1: 2})

        def plain(n, m=0):
            if n == 3:
                return plain(*5)
            if n == 2:
                return plain(*(1, 2, 3))
            if n == 1:
                return plain(*(1,), **{"n": 2})
            if n == 0:
                return plain(1, q=1)
            return plain(**{1: 2})

        for n in (3, 2, 1, 0, -1):
            with self.assertRaises(TypeError) as want:
                plain(n)
            with self.assertRaises(TypeError) as got:
                f(n)
            self.assertEqual(str(got.exception), str(want.exception).replace("plain", "f"), n)

    def test_misfits_raise_as_ever(self):
        @tail_optimize
        def f(a, b):
            if a == 1:
                return f(1)
            if a == 2:
                return f(1, 2, 3)
            if a == 3:
                return f(1, a=2)
            if a == 4:
                return f(1, c=2)
            return f()

        texts = {
            1: "missing 1 required positional argument: 'b'",
            2: "takes 2 positional arguments but 3 were given",
            3: "got multiple values for argument 'a'",
            4: "got an unexpected keyword argument 'c'",
            5: "missing 2 required positional arguments: 'a' and 'b'",
        }
        for n, text in texts.items():
            with self.assertRaisesRegex(TypeError, text):
                f(n, 0)

    def test_positional_only(self):
        @tailrec
        def f(n, /, acc, **kw):
            return f(n - 1, acc + 1, n=7) if n else (acc, kw)

        self.assertEqual(f(DEEP, 0), (DEEP, {"n": 7}))

        @tail_optimize
        def g(n, /):
            return g(n=n - 1) if n else 0

        with self.assertRaisesRegex(TypeError, "positional-only"):
            g(3)

    def test_argument_order(self):
        seen = []

        def note(x):
            seen.append(x)
            return x

        @tailrec
        def f(n, a=None, *, k=None):
            if n == 0:
                return a, k
            return f(note(n - 1), k=note("k"), a=note("a"))

        self.assertEqual(f(2), ("a", "k"))
        self.assertEqual(seen, [1, "k", "a", 0, "k", "a"])

    def test_300_operands(self):
        params = ", ".join(f"a{i}" for i in range(300))
        moved = ", ".join(f"a{(i + 1) % 300}" for i in range(300))
        scope = {"tailrec": tailrec}
        exec(f"@tailrec\ndef f(n, {params}):\n  return f(n - 1, {moved}) if n else a0\n", scope)
        self.assertEqual(scope["f"](301, *range(300)), 1)
        names = ", ".join(f"a{i}=a{(i + 1) % 300}" for i in range(300))
        exec(f"@tailrec\ndef g(n, {params}):\n  return g(n=n - 1, {names}) if n else a0\n", scope)
        self.assertEqual(scope["g"](301, *range(300)), 1)

    def test_very_long_function(self):
        for count in (10, 100, 3_000, 20_000):
            body = "".join(f"  x = n + {i}\n  if x < 0: y = x\n" for i in range(count))
            scope = {"tailrec": tailrec}
            exec(f"@tailrec\ndef f(n, m):\n{body}  return f(n - 1, m + 1) if n else (m, x)\n", scope)
            self.assertEqual(scope["f"](3, 0), (3, count - 1))
            exec(f"@tailrec\ndef g(n, *m):\n{body}  return g(n - 1, *m) if n else (m, x)\n", scope)
            self.assertEqual(scope["g"](3, 0), ((0,), count - 1))

    def test_many_calls(self):
        body = "".join(f"  if n == {i}: return f({i - 1}, m + 1)\n" for i in range(1, 500))
        scope = {"tailrec": tailrec}
        exec(f"@tailrec\ndef f(n, m):\n{body}  return m\n", scope)
        self.assertEqual(scope["f"](499, 0), 499)

    def test_nested_self_call_in_arguments(self):
        @tail_optimize
        def ack(m, n):
            if m == 0:
                return n + 1
            if n == 0:
                return ack(m - 1, 1)
            return ack(m - 1, ack(m, n - 1))

        self.assertEqual(ack(2, 3), 9)
        self.assertEqual([c.rewritten for c in explain(ack)], [True, True, False])

    def test_comprehension_in_arguments(self):
        @tailrec
        def f(n, xs):
            return f(n - 1, [x + 1 for x in xs]) if n else xs

        self.assertEqual(f(1000, [0, 1]), [1000, 1001])

        @tailrec
        def g(n, xs):
            return g(n - 1, xs=[x + 1 for x in xs if x]) if n else xs

        self.assertEqual(g(1000, [0, 1]), [1001])

        @tail_optimize
        def h(n, xs):
            return h(n - 1, [1 // x for x in xs]) if n else xs

        with self.assertRaises(ZeroDivisionError):
            h(1, [0])
        self.assertEqual(h(3, [1]), [1])

    def test_lambda_and_conditionals_in_arguments(self):
        @tailrec
        def f(n, a, b):
            return f(n - 1, a if n % 2 else b, (lambda: n)) if n else (a, b)

        a, b = f(1, 0, 0)
        self.assertEqual((a, b()), (0, 1))

        @tailrec
        def g(n, a):
            return g(n - 1, a=(a or n) and (n if n > 5 else -n)) if n else a

        self.assertEqual(g(DEEP, 0), -1)


class Positions(unittest.TestCase):
    def test_conditional_expression(self):
        @tailrec
        def f(n):
            return 1 if n == 0 else f(n - 1) if n % 2 else f(n - 2)

        self.assertEqual(f(DEEP), 1)

    def test_and_or(self):
        @tailrec
        def f(n):
            return n == 0 or (n > 0 and f(n - 1))

        self.assertIs(f(DEEP), True)

        @tailrec
        def g(n, xs):
            return not n and xs or g(n - 1, xs)

        self.assertEqual(g(DEEP, [1]), [1])

    def test_match(self):
        @tailrec
        def f(x):
            match x:
                case []:
                    return "end"
                case [first, *rest] if first:
                    return f(rest)
                case {"x": y}:
                    return f(y)
                case [_, *rest]:
                    return f({"x": rest})

        self.assertEqual(f([1, 0] * 40), "end")

    def test_for(self):
        @tailrec
        def f(n):
            for i in range(3):
                for j in (1, 2):
                    if i == j and n:
                        return f(n - 1)
            return "end", n

        self.assertEqual(f(DEEP), ("end", 0))

    def test_for_drops_its_iterator(self):
        alive = weakref.WeakSet()

        class It:
            def __iter__(self):
                return self

            def __next__(self):
                return 1

        @tailrec
        def f(n):
            it = It()
            alive.add(it)
            for x in it:
                del it
                return f(n - x) if n else len(alive)

        self.assertEqual(f(50), 1)

    def test_while_and_else(self):
        @tailrec
        def f(n):
            while n:
                if n % 3:
                    return f(n - 1)
                n -= 1
            else:
                return "end"

        self.assertEqual(f(DEEP), "end")

    def test_after_try(self):
        @tailrec
        def f(n):
            try:
                1 / n
            except ZeroDivisionError:
                return "zero"
            else:
                return f(n - 1)

        self.assertEqual(f(DEEP), "zero")

        @tailrec
        def g(n):
            try:
                m = n - 1
            finally:
                pass
            return g(m) if m else 0

        self.assertEqual(g(DEEP), 0)

    def test_assert_and_del_and_walrus(self):
        @tailrec
        def f(n, x=None):
            assert n >= 0, "negative"
            if (m := n - 1) < 0:
                return x
            del x
            return f(m, n)

        self.assertEqual(f(DEEP), 1)


class Refusals(unittest.TestCase):
    def reasons(self, function):
        return [c.reason_id for c in explain(function) if c.own]

    def test_generator(self):
        def f(n):
            yield n
            return f(n - 1)

        g = tail_optimize(f)
        self.assertIs(g, f)
        self.assertEqual(list(f(1)), [1])
        self.assertEqual(self.reasons(f), ["generator"])
        self.assertRaises(TailCallError, tailrec, f)

    def test_async(self):
        async def f(n):
            return await f(n - 1)

        tail_optimize(f)
        self.assertEqual(self.reasons(f), ["async"])

    def test_with(self):
        log = []

        class CM:
            def __enter__(self):
                log.append("in")

            def __exit__(self, *a):
                log.append("out")

        @tail_optimize
        def f(n):
            with CM():
                return f(n - 1) if n else n

        f(2)
        self.assertEqual(log, ["in"] * 3 + ["out"] * 3)
        self.assertEqual(self.reasons(f), ["with"])

    def test_finally(self):
        log = []

        @tail_optimize
        def f(n):
            try:
                return f(n - 1) if n else n
            finally:
                log.append(n)

        f(2)
        self.assertEqual(log, [0, 1, 2])
        self.assertEqual(self.reasons(f), ["finally"])

    def test_except_body(self):
        @tail_optimize
        def f(n):
            try:
                raise ValueError(n)
            except ValueError as e:
                if n == 0:
                    return e.__context__.args
                return f(n - 1)

        self.assertEqual(f(3), (1,))
        self.assertEqual(self.reasons(f), ["except"])

    def test_try_body(self):
        @tail_optimize
        def f(s, out=""):
            try:
                return f(s[:-1], out + s[-1])
            except IndexError:
                return out

        self.assertEqual(f("abc"), "cba")
        self.assertEqual(self.reasons(f), ["try"])
        with self.assertRaisesRegex(TailCallError, "line"):
            tailrec(f)

    def test_allow_try(self):
        @tail_optimize(allow_try=True)
        def f(s, out=""):
            try:
                return f(s[:-1], out + s[-1])
            except IndexError:
                return out

        self.assertEqual(f("ab" * 5000), "ba" * 5000)

        calls = []

        @tailrec(allow_try=True)
        def g(n):
            try:
                return g(n - 1) if n else 1 // n
            except ZeroDivisionError:
                calls.append(n)
                return "caught"

        self.assertEqual(g(DEEP), "caught")
        self.assertEqual(calls, [0])

    def test_allow_try_fallback_is_covered(self):
        def build(decorate):
            def f(n):
                try:
                    return f(n - 1) if n else 1 // n
                except ZeroDivisionError:
                    return "caught", n

            g = decorate(f)
            f = lambda n: g(n) if n > 1 else 1 // 0  # noqa: E731
            return g

        plain, fast = build(lambda f: f), build(lambda f: tail_optimize(f, allow_try=True))
        self.assertEqual(fast(2), plain(2))
        self.assertEqual(fast(5), plain(5))

    def test_used_results(self):
        @tail_optimize
        def f(n):
            if n > 5:
                x = f(n - 1)
                return x
            if n > 4:
                f(n - 1)
                return None
            if n > 3:
                return not f(n - 1)
            if n > 2:
                return [f(n - 1)]
            if n > 1:
                return f(n - 1) + 1
            return n

        self.assertEqual(f(6), None)
        self.assertEqual(self.reasons(f), ["stored", "discarded", "used", "used", "used"])


class Methods(unittest.TestCase):
    def test_method(self):
        class C:
            @tailrec
            def m(self, n, acc=0):
                return self.m(n - 1, acc + 1) if n else (self, acc)

        c = C()
        self.assertEqual(c.m(DEEP), (c, DEEP))
        self.assertEqual(C.m(c, DEEP), (c, DEEP))

    def test_other_object(self):
        class Node:
            def __init__(self, value, next):
                self.value, self.next = value, next

            @tailrec
            def last(self):
                return self.next.last() if self.next else self.value

            @tailrec
            def find(self, x, /, *, at=0):
                if self.value == x:
                    return at
                return self.next.find(x, at=at + 1)

        node = None
        for i in range(DEEP):
            node = Node(i, node)
        self.assertEqual(node.last(), 0)
        self.assertEqual(node.find(0), DEEP - 1)
        while node:
            node = node.next

    def test_override(self):
        class A:
            @tail_optimize
            def m(self, n):
                return self.m(n - 1) if n else "A"

        class B(A):
            def m(self, n):
                return ("B", n) if n == 1 else super().m(n)

        self.assertEqual(B().m(3), ("B", 1))
        self.assertEqual(A().m(DEEP), "A")

    def test_override_on_instance(self):
        class A:
            @tail_optimize
            def m(self, n):
                return self.m(n - 1) if n else "A"

        a = A()
        a.m = lambda n: ("mine", n)
        self.assertEqual(A.m(a, 3), ("mine", 2))
        a.m = A.m
        with self.assertRaisesRegex(TypeError, "missing 1 required positional argument: 'n'"):
            A.m(a, 3)
        a.m = len
        with self.assertRaises(TypeError):
            A.m(a, 3)
        b = A()
        a.m = b.m
        self.assertEqual(A.m(a, 50), "A")

    def test_method_replaced_while_running(self):
        class A:
            @tail_optimize
            def m(self, n):
                if n == 5:
                    A.m = lambda self, n: ("new", n)
                return self.m(n - 1) if n else "old"

        self.assertEqual(A().m(9), ("new", 4))

    def test_self_rebound(self):
        class A:
            def __init__(self, name):
                self.name = name

            @tailrec
            def m(self, n, other):
                if n == 0:
                    return self.name
                self, other = other, self
                return self.m(n - 1, other)

        self.assertEqual(A("a").m(DEEP + 1, A("b")), "b")

    def test_self_unbound(self):
        class A:
            @tail_optimize
            def m(self, n):
                if n == 0:
                    del self
                return self.m(n - 1)

        with self.assertRaises(UnboundLocalError):
            A().m(3)

    def test_self_captured(self):
        class A:
            @tailrec
            def m(self, n, fs=()):
                return self.m(n - 1, (*fs[-1:], lambda: self)) if n else fs[-1]()

        a = A()
        self.assertIs(a.m(DEEP), a)

    def test_property_and_getattr(self):
        class A:
            @tail_optimize
            def step(self, n):
                return self.step(n - 1) if n else "A"

            def __getattr__(self, name):
                raise AttributeError(name)

        class P(A):
            @property
            def step(self):
                return lambda n: ("property", n)

        self.assertEqual(A.step(P(), 3), ("property", 2))

    def test_missing_attribute(self):
        class A:
            @tail_optimize
            def m(self, n):
                return self.m(n - 1)

        function = A.m
        del A.m
        with self.assertRaisesRegex(AttributeError, "no attribute 'm'"):
            function(A(), 3)

    def test_classmethod(self):
        class A:
            @classmethod
            @tailrec
            def m(cls, n):
                return cls.m(n - 1) if n else cls

            @tailrec
            @classmethod
            def k(cls, n, **kw):
                return cls.k(n - 1, **kw) if n else (cls, kw)

        class B(A):
            pass

        self.assertIs(A.m(DEEP), A)
        self.assertIs(B.m(DEEP), B)
        self.assertIs(B().m(DEEP), B)
        self.assertEqual(B.k(DEEP, x=1), (B, {"x": 1}))

    def test_classmethod_with_odd_name(self):
        class A:
            @classmethod
            @tailrec
            def m(self, n):
                return self.m(n - 1) if n else self

        self.assertIs(A.m(DEEP), A)

    def test_staticmethod(self):
        class A:
            @staticmethod
            @tailrec
            def m(n):
                return A.m(n - 1) if n else "static"

            @tailrec
            @staticmethod
            def k(n, *args):
                return A.k(n - 1, *args) if n else args

        self.assertEqual(A.m(DEEP), "static")
        self.assertEqual(A().k(DEEP, 1), (1,))
        self.assertIsInstance(A.__dict__["k"], staticmethod)

    def test_static_through_first_parameter(self):
        class A:
            @staticmethod
            @tailrec
            def m(a, n):
                return a.m(a, n - 1) if n else "static"

        self.assertEqual(A.m(A(), DEEP), "static")

    def test_method_star_call(self):
        class A:
            @tailrec
            def m(self, n, *args, **kw):
                return self.m(n - 1, *args, **kw) if n else (args, kw)

        self.assertEqual(A().m(DEEP, 1, x=2), ((1,), {"x": 2}))

    def test_method_defaults(self):
        class A:
            @tailrec
            def m(self, n, tag="d"):
                return self.m(n - 1) if n else tag

        self.assertEqual(A().m(DEEP, "x"), "d")
        A.m.__defaults__ = ("e",)
        self.assertEqual(A().m(DEEP, "x"), "e")

    def test_private_name(self):
        class A:
            @tailrec
            def __m(self, n):
                return self.__m(n - 1) if n else "private"

            def go(self, n):
                return self.__m(n)

        self.assertEqual(A().go(DEEP), "private")

    def test_conditional_argument(self):
        class A:
            @tailrec
            def m(self, n, x):
                return self.m(n - 1, 1 if n % 2 else 2) if n else x

        self.assertEqual(A().m(DEEP, 0), 1)

    def test_super_is_another(self):
        class A:
            def m(self, n):
                return ("A", n)

        class B(A):
            @tail_optimize
            def m(self, n):
                return super().m(n - 1) if n else "B"

        self.assertEqual(B().m(3), ("A", 2))
        self.assertEqual([c.own for c in explain(B.m) if c.callee.endswith(".m")], [False])

    def test_slots_and_call(self):
        class A:
            __slots__ = ()

            @tailrec
            def __call__(self, n):
                return self.__call__(n - 1) if n else "called"

        self.assertEqual(A()(DEEP), "called")

    def test_metaclass(self):
        class M(type):
            @tailrec
            def count(cls, n):
                return cls.count(n - 1) if n else cls.__name__

        class A(metaclass=M):
            pass

        self.assertEqual(A.count(DEEP), "A")


class Closures(unittest.TestCase):
    def test_fresh_cells(self):
        @tailrec
        def f(n, fs=()):
            local = n * 10
            return f(n - 1, fs + (lambda: (n, local),)) if n else [g() for g in fs]

        self.assertEqual(f(3), [(3, 30), (2, 20), (1, 10)])

    def test_unset_cell(self):
        @tail_optimize
        def f(n):
            def peek():
                return late

            if n == 0:
                return peek()
            late = n
            peek()
            return f(n - 1)

        with self.assertRaises(NameError):
            f(3)

    def test_nonlocal(self):
        def outer():
            total = 0

            @tailrec
            def f(n):
                nonlocal total
                total += n
                return f(n - 1) if n else total

            return f

        self.assertEqual(outer()(DEEP), DEEP * (DEEP + 1) // 2)
        self.assertEqual(outer()(1), 1)

    def test_two_closures_of_one_code(self):
        def outer(tag):
            @tailrec
            def f(n):
                return f(n - 1) if n else tag

            return f

        a, b = outer("a"), outer("b")
        self.assertEqual((a(DEEP), b(DEEP)), ("a", "b"))

    def test_collectable(self):
        class Big:
            pass

        def outer(with_default):
            big = Big()
            if with_default:

                @tail_optimize
                def f(n, x=big):
                    return f(n - 1) if n else big
            else:

                @tail_optimize
                def f(n):
                    return f(n - 1) if n else big

            f(3)
            return weakref.ref(big), weakref.ref(f)

        for with_default in (False, True):
            for _ in range(3):
                refs = outer(with_default)
                gc.collect()
                self.assertEqual([r() for r in refs], [None, None])

    def test_collectable_strategies(self):
        def outer(strategy):
            @tail_optimize(strategy=strategy)
            def f(n):
                return f(n - 1) if n else 0

            f(3)
            return weakref.ref(f)

        for strategy in ("internal_loop", "partial_func", "return_tuple"):
            ref = outer(strategy)
            gc.collect()
            self.assertIsNone(ref())

    def test_looking_at_own_variables(self):
        @tail_optimize
        def f(n):
            before = dict(locals())
            x = n
            return f(n - 1) if n else (before, x)

        self.assertEqual({k for k in f(2)[0]}, {"n", "f"})

    def test_class_cell(self):
        class A:
            @tailrec
            def m(self, n):
                return self.m(n - 1) if n else __class__

        self.assertIs(A().m(DEEP), A)


class Names(unittest.TestCase):
    def test_unbound_local(self):
        @tail_optimize
        def f(n):
            if n > 0:
                x = n
            if n == 0:
                return x
            return f(n - 1)

        with self.assertRaises(UnboundLocalError):
            f(3)

        @tail_optimize
        def g(n):
            if n == 0:
                del n
                return n
            return g(n - 1)

        with self.assertRaises(UnboundLocalError):
            g(3)

        @tail_optimize
        def h(n):
            for x in range(n):
                pass
            if n == 0:
                return x
            return h(n - 1)

        with self.assertRaises(UnboundLocalError):
            h(3)

    def test_rebound_name(self):
        scope = {"tail_optimize": tail_optimize}
        exec("@tail_optimize\ndef f(n):\n  return f(n - 1) if n else 'old'\n", scope)
        f = scope["f"]
        self.assertEqual(f(5000), "old")
        scope["f"] = lambda n: ("new", n)
        self.assertEqual(f(3), ("new", 2))
        scope["f"] = f
        self.assertEqual(f(5000), "old")
        del scope["f"]
        with self.assertRaises(NameError):
            f(3)

    def test_rebound_in_an_argument(self):
        scope = {"tail_optimize": tail_optimize}
        exec(
            "def sub(n):\n  global f\n  if n == 3: f = lambda n: ('new', n)\n  return n - 1\n"
            "@tail_optimize\ndef f(n):\n  return f(sub(n)) if n else 'old'\n",
            scope,
        )
        # The callee is read before the arguments: the change is seen one call later.
        self.assertEqual(scope["f"](5), ("new", 1))

    def test_rebound_closure(self):
        def outer():
            @tail_optimize
            def f(n):
                return f(n - 1) if n else "old"

            g = f
            f = lambda n: ("new", n)  # noqa: E731
            return g

        self.assertEqual(outer()(3), ("new", 2))

    def test_decorator_outside(self):
        calls = []

        def log(f):
            def wrapper(*args):
                calls.append(args)
                return f(*args)

            return wrapper

        @log
        @tail_optimize
        def f(n):
            return f(n - 1) if n else "end"

        self.assertEqual(f(3), "end")
        self.assertEqual(calls, [(3,), (2,), (1,), (0,)])

    def test_decorator_inside(self):
        calls = []

        def log(f):
            def wrapper(*args):
                calls.append(args)
                return f(*args)

            return wrapper

        @tail_optimize
        @log
        def f(n):
            return f(n - 1) if n else "end"

        self.assertEqual(f(3), "end")
        self.assertEqual(calls, [(3,), (2,), (1,), (0,)])

    def test_lambda(self):
        f = tail_optimize(lambda n, acc=0: f(n - 1, acc + 1) if n else acc)
        self.assertEqual(f(DEEP), DEEP)
        scope = {"tail_optimize": tail_optimize}
        exec("g = tail_optimize(lambda n: g(n - 1) if n else 'end')", scope)
        self.assertEqual(scope["g"](DEEP), "end")

    def test_twice(self):
        def f(n):
            return f(n - 1) if n else "end"

        once = tail_optimize(f)
        code = f.__code__
        twice = tailrec(tail_optimize(once))
        self.assertIs(twice, f)
        self.assertIs(f.__code__, code)
        self.assertEqual(f(DEEP), "end")
        for strategy in ("partial_func", "return_tuple"):

            @tail_optimize(strategy=strategy)
            def g(n):
                return g(n - 1) if n else "end"

            self.assertIs(tail_optimize(g), g)
            self.assertEqual(g(DEEP), "end")

    def test_alias(self):
        scope = {"tail_optimize": tail_optimize}
        exec("def a(n):\n  return b(n - 1) if n else 'end'\nb = a\ntail_optimize(a)\n", scope)
        self.assertEqual(scope["a"](DEEP), "end")

    def test_parameter_of_the_same_name(self):
        @tail_optimize
        def f(f, n):
            return f(f, n - 1) if n else "end"

        self.assertEqual(f(f, DEEP), "end")
        self.assertEqual(f(lambda g, n: ("other", n), 3), ("other", 2))

    def test_global_statement_and_shadowing(self):
        @tail_optimize
        def f(n):
            f = lambda n: ("inner", n)  # noqa: E731
            return f(n - 1)

        self.assertEqual(f(3), ("inner", 2))

    def test_shared_code(self):
        def f(n):
            return f(n - 1) if n else "end"

        g = types.FunctionType(f.__code__, f.__globals__, "g", None, f.__closure__)
        tail_optimize(f)
        self.assertEqual(f(DEEP), "end")
        self.assertEqual(g(3), "end")
        h = types.FunctionType(f.__code__, f.__globals__, "h", None, f.__closure__)
        self.assertEqual(h(3), "end")


class Groups(unittest.TestCase):
    def test_mutual(self):
        def even(n):
            return odd(n - 1) if n else True

        def odd(n):
            return even(n=n - 1) if n else False

        even, odd = tail_group(even, odd)
        self.assertEqual([even(DEEP), odd(DEEP), even(DEEP + 1)], [True, False, False])

    def test_three_with_self_calls(self):
        def a(n, t=()):
            return a(n - 1, t) if n % 5 else b(n, t)

        def b(n, t):
            return c(*(n - 1, t[-3:] + (n,))) if n else t

        def c(n, t):
            return a(n, t=t)

        a, b, c = tail_group(a, b, c)
        self.assertEqual(a(DEEP), (20, 15, 10, 5))

    def test_not_rebound(self):
        def even(n):
            return odd(n - 1) if n else True

        def odd(n):
            return even(n - 1) if n else False

        e, o = tail_group(even, odd)
        self.assertEqual([e(10), o(10)], [True, False])

    def test_of_optimised(self):
        @tail_optimize
        def even(n):
            return odd(n - 1) if n else True

        @tail_optimize(strategy="return_tuple")
        def odd(n):
            return even(n - 1) if n else odd(n + 2) if n < 0 else False

        even, odd = tail_group(even, odd)
        self.assertEqual([even(DEEP), odd(DEEP)], [True, False])

    def test_methods(self):
        class A:
            def even(self, n):
                return self.odd(n - 1) if n else True

            def odd(self, n):
                return self.even(n - 1) if n else False

            even, odd = tail_group(even, odd)

        self.assertEqual([A().even(DEEP), A().odd(DEEP)], [True, False])


class Strategies(unittest.TestCase):
    def test_all(self):
        for strategy in ("partial_func", "return_tuple"):
            with self.subTest(strategy):

                @tailrec(strategy=strategy)
                def f(n, *args, k=0, **kw):
                    if n == 0:
                        return args, k, kw
                    if n % 3 == 0:
                        return f(n - 1, *args, k=k, **kw)
                    for _ in "ab":
                        return f(n - 1, *args, k=k + 1, **kw)

                self.assertEqual(f(9000, 1, 2, z=3), ((1, 2), 6000, {"z": 3}))
                self.assertEqual(f.__wrapped__(0, 1), ((1,), 0, {}))

                class A:
                    @tail_optimize(strategy=strategy)
                    def m(self, n):
                        return self.m(n - 1) if n else self

                    @classmethod
                    @tail_optimize(strategy=strategy)
                    def c(cls, n):
                        return cls.c(n - 1) if n else cls

                    @tail_optimize(strategy=strategy)
                    @staticmethod
                    def s(n):
                        return A.s(n - 1) if n else "s"

                a = A()
                self.assertIs(a.m(DEEP), a)
                self.assertIs(A.c(DEEP), A)
                self.assertEqual(A.s(DEEP), "s")

    def test_exceptions_pass(self):
        for strategy in ("internal_loop", "partial_func", "return_tuple"):

            @tail_optimize(strategy=strategy)
            def f(n):
                return f(n - 1) if n else 1 // n

            self.assertRaises(ZeroDivisionError, f, 10)

    def test_tuples_and_partials_as_values(self):
        import functools

        for strategy in ("partial_func", "return_tuple"):

            @tail_optimize(strategy=strategy)
            def f(n, value):
                return f(n - 1, value) if n else value

            for value in ((1, None), (None,), functools.partial(int, "7")):
                self.assertIs(f(5, value), value)

    def test_pytailcall_spelling(self):
        from taipan_tail.internal_loop import tail_optimize as a
        from taipan_tail.partial_func import tail_optimize as b
        from taipan_tail.return_tuple import tail_optimize as c

        for decorate in (a, b, c):

            @decorate
            def f(n):
                return f(n - 1) if n else "end"

            self.assertEqual(f(DEEP), "end")

            @decorate(allow_try=True)
            def g(n):
                try:
                    return g(n - 1) if n else "end"
                except ValueError:
                    return "never"

            self.assertEqual(g(DEEP), "end")

    def test_unknown(self):
        with self.assertRaisesRegex(ValueError, "'goto'"):
            tail_optimize(strategy="goto")(lambda: 0)


if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    unittest.main()
