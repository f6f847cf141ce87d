import multiprocessing as mp, sys
def t(f, *a, **k):
    try: print("->", f(*a, **k))
    except BaseException as e: print(type(e).__name__, e)
def work(v, a, s, n):
    for _ in range(n):
        with v.get_lock(): v.value += 1
    a[0] += 1; s.value = b"done"
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        ctx = mp.get_context(method); v = ctx.Value("i", 0); a = ctx.Array("d", [1.5, 2.5]); s = ctx.Array("c", 10)
        ps = [ctx.Process(target=work, args=(v, a, s, 50)) for _ in range(2)]; [p.start() for p in ps]; [p.join() for p in ps]; print(method, v.value, a[:], s.value, s.raw, len(a), v, a[1], list(a), sum(a))
    v = mp.Value("b", 5); v.value = 300; print(v.value, v); t(setattr, v, "value", "x"); t(setattr, v, "value", 1.5); a = mp.Array("i", 4); a[1:3] = [7, 8]; print(a[:], a[-1], len(a)); t(lambda: a[9]); t(a.__setitem__, slice(0, 2), [1]); t(mp.Array, "i", -1); t(mp.Value, "d", "x"); print(mp.RawValue("c", b"x"), mp.RawArray("u", "hé").value, mp.Value("d", 2, lock=False), repr(mp.RawArray("h", 3))[:45], mp.Array("h", [1, 2], lock=mp.Lock()).get_obj()[:]); r = mp.RawValue("f", 1.25); r.value *= 2; print(r.value, mp.Value("Q", -1).value, mp.Value("h", 40000).value); t(mp.Value, "c", b"ab"); s = mp.Array("c", b"hello"); print(s.value, s[1], s[1:3]); t(setattr, s, "value", b"toolong"); t(setattr, s, "value", "x"); s.value = b"hi"; print(s.value, s.raw)
    with v.get_lock(): print(v.get_obj())
    t(mp.Value, "i", 1, lock=5)
