import cProfile, pstats, io, re, sys
def fib(n): 
    r = n if n < 2 else fib(n - 1) + fib(n - 2)
    return r
def work():
    x = [fib(5) for _ in range(3)]
    x.append(len(x)); s = sorted(x, key=lambda v: -v)
    "a".join(["b"] * 3).upper()
    return s
p = cProfile.Profile(); p.enable(); work(); p.disable()
def rows(p):
    out = []
    for (f, l, n), (cc, nc, tt, ct, callers) in pstats.Stats(p).stats.items(): out.append((f.rpartition("/")[2], l, n, cc, nc, sorted((k[2], v[0]) for k, v in callers.items())))
    return sorted(out)
for r in rows(p): print(r)
s = io.StringIO(); pstats.Stats(p, stream=s).sort_stats("name").print_stats("fib"); print(re.sub(r"\d+\.\d+", "T", s.getvalue())[:600].replace(__file__, "FILE"))
print(cProfile.Profile().runcall(fib, 3)); q = cProfile.Profile(); q.run("print(1)"); print(len(q.getstats()))
with cProfile.Profile() as pr: fib(2)
print([r[2:5] for r in rows(pr)])
cProfile.run("len('x')", sort="name") if 0 else None
