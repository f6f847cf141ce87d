"""Elided frames are told of; CPython has none, so that only what both print stands here."""
import sys
import threading
import traceback

ON_TAIPAN = sys.implementation.name == "taipan"
N = 10_000 if ON_TAIPAN else 500


def fails(n): return fails(n - 1) if n else 1 // n
def ping(n): return pong(n - 1) if n else 1 // n
def pong(n): return ping(n - 1) if n else 1 // n


for f in (fails, ping):
    try:
        f(N)
    except ZeroDivisionError as e:
        kept = elided = 0
        tb = e.__traceback__
        while tb:
            kept += 1
            elided += getattr(tb.tb_frame, "f_tail_calls", 0)
            last = tb.tb_frame
            tb = tb.tb_next
        # The module, N calls, and the one that fails.
        print(kept + elided == N + 2, elided > 0 or not ON_TAIPAN)
        text = "".join(traceback.format_exception(e))
        names = "fails" if f is fails else "ping, pong"
        wanted = f"  [... {elided:,} frames elided by tail calls: {names} ...]\n"
        print(wanted in text or not ON_TAIPAN, last.f_code.co_name in ("fails", "ping", "pong"), last.f_locals)


def stack(n): return stack(n - 1) if n else traceback.format_stack()


print(any(line.startswith("  [... ") for line in stack(100)) == ON_TAIPAN)


# Deep recursion of other kinds
def deep(n): return 1 + deep(n - 1) if n else 0


sys.setrecursionlimit(10**6)
print(deep(200_000))
sys.setrecursionlimit(1000)


def mixed(n): return 1 + tail(n - 1, 50) if n > 0 else 0
def tail(n, k): return tail(n, k - 1) if k else mixed(n)


print(mixed(300 if ON_TAIPAN else 10) > 0)
try:
    mixed(5000)
except RecursionError as e:
    print("RecursionError", str(e)[:32])

results = []
t = threading.Thread(target=lambda: results.append(fails_not(N)))


def fails_not(n): return fails_not(n - 1) if n else "thread"


t.start()
t.join()
print(results)

if ON_TAIPAN:
    from taipan_tail import TailCallError, explain, no_tail_calls, tailrec

    @tailrec
    def good(n, acc=0):
        return good(n - 1, acc + n) if n else acc

    assert good(100_000) == 5000050000

    try:
        @tailrec
        def bad(n):
            return n * bad(n - 1) if n else 1
    except TailCallError as e:
        assert "line " in str(e) and "used" in str(e), e
    else:
        raise AssertionError

    @no_tail_calls
    def plain(n):
        return plain(n - 1) if n else 0

    try:
        plain(5000)
    except RecursionError:
        pass
    else:
        raise AssertionError
    calls = {c.callee: (c.tail, c.reason_id) for c in explain(mixed)}
    assert calls == {"tail": (False, "used")}, calls
print("done")
