"""Every kind of call and signature: right at small depth, and in constant space at great depth."""

import unittest
import weakref

from taipan_tail import TailCallError, explain, tail_optimize, tailrec

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


if __name__ == "__main__":
    unittest.main()
