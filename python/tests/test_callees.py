"""Methods, closures, names, groups, strategies: what is called, and how it is found."""

import gc
import types
import unittest
import weakref

from taipan_tail import explain, tail_group, tail_optimize, tailrec

DEEP = 20_000


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
    unittest.main()
