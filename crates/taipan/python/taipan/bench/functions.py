"""The functions that are measured, each as recursion and as a loop by hand, with their arguments."""

FUNCTIONS = {
    "reverse_string": (
        """
def reverse_string(normal, reverse=""):
    try:
        return reverse_string(normal[:-1], reverse + normal[-1])
    except IndexError:
        return reverse
""",
        """
def reverse_string(normal, reverse=""):
    while True:
        try:
            normal, reverse = normal[:-1], reverse + normal[-1]
        except IndexError:
            return reverse
""",
        [("asdf",), ("",), ("qwertyuiop" * 100,)],
    ),
    "gcd": (
        """
def gcd(a, b):
    remainder = a % b
    if remainder:
        return gcd(b, remainder)
    return b
""",
        """
def gcd(a, b):
    while True:
        remainder = a % b
        if not remainder:
            return b
        a, b = b, remainder
""",
        [(5, 3), (436523451, 7), (23305295513, 3)],
    ),
    "modulo": (
        """
def modulo(val, div):
    if val < div:
        return val
    return modulo(val - div, div)
""",
        """
def modulo(val, div):
    while True:
        if val < div:
            return val
        val, div = val - div, div
""",
        [(5, 3), (43652, 7), (2330523, 7)],
    ),
    "string_merge": (
        """
def string_merge(a, b, merge=""):
    if not a:
        return merge + b
    elif not b:
        return merge + a
    if a[0] > b[0]:
        return string_merge(a, b[1:], merge + b[0])
    else:
        return string_merge(a[1:], b, merge + a[0])
""",
        """
def string_merge(a, b, merge=""):
    while True:
        if not a:
            return merge + b
        elif not b:
            return merge + a
        if a[0] > b[0]:
            a, b, merge = a, b[1:], merge + b[0]
        else:
            a, b, merge = a[1:], b, merge + a[0]
""",
        [("qwertyuiop", "asdfghkjl"), ("zxcvbnm", "zxcvbnm"), ("acegik" * 100, "bdfhjl" * 100)],
    ),
    "to_binary": (
        """
def to_binary(n, result=""):
    if n < 2:
        return str(n) + result
    return to_binary(n // 2, str(n % 2) + result)
""",
        """
def to_binary(n, result=""):
    while True:
        if n < 2:
            return str(n) + result
        n, result = n // 2, str(n % 2) + result
""",
        [(5,), (53423451,), (2394871865782648123658023746415,)],
    ),
    "collatz": (
        """
def collatz(n, i=0):
    if n == 1:
        return i
    elif n % 2 == 0:
        return collatz(n // 2, i + 1)
    else:
        return collatz(n * 3 + 1, i + 1)
""",
        """
def collatz(n, i=0):
    while True:
        if n == 1:
            return i
        elif n % 2 == 0:
            n, i = n // 2, i + 1
        else:
            n, i = n * 3 + 1, i + 1
""",
        [(635,), (83451,), (9780657631,)],
    ),
    "fib": (
        """
def fib(i, current=0, next=1):
    if i == 0:
        return current
    else:
        return fib(i - 1, next, current + next)
""",
        """
def fib(i, current=0, next=1):
    while True:
        if i == 0:
            return current
        i, current, next = i - 1, next, current + next
""",
        [(5,), (500,), (750,), (5000,), (50000,)],
    ),
    "count": (
        """
def count(n, total=0):
    if n == 0:
        return total
    return count(n - 1, total + 1)
""",
        """
def count(n, total=0):
    while True:
        if n == 0:
            return total
        n, total = n - 1, total + 1
""",
        [(750,), (100000,)],
    ),
}

#: Measures in a process of its own: reads the requests, writes the best time of a call of each in microseconds.
WORKER = r"""
import json, sys, time
request = json.load(sys.stdin)
sys.setrecursionlimit(10_000_000)
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
clock = time.perf_counter
out = []
for name, source, args, budget in request:
    scope = {"__name__": "bench"}
    exec(compile(source, "<" + name + ">", "exec"), scope)
    f = scope[name]
    args = tuple(args)
    value = f(*args)
    f(*args)
    def once(n):
        numbers = range(n)
        started = clock()
        for _ in numbers:
            f(*args)
        return (clock() - started) / n
    n = 1
    best = once(1)
    while best * n < 0.002 and n < 100_000:
        n *= 2
        best = min(best, once(n))
    ended = clock() + budget
    rounds = 0
    while clock() < ended or rounds < 3:
        best = min(best, once(n))
        rounds += 1
    out.append([best * 1e6, hash(str(value)) if isinstance(value, str) else value % 1_000_000_007])
json.dump(out, sys.stdout)
"""

#: The most memory that a process has had, in KiB, after a recursion of some depth.
MEMORY = """
import sys
def own(n):
    if n == 0:
        return 0
    return own(n - 1)
def ping(n):
    return pong(n - 1) if n else 0
def pong(n):
    return ping(n - 1) if n else 0
(own if sys.argv[1] == "self" else ping)(int(sys.argv[2]))
with open("/proc/self/status") as file:
    print(next(line for line in file if line.startswith("VmHWM")).split()[1])
"""
