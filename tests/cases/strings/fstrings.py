# f-strings.
name, n, pi = "World", 42, 3.14159
print(f"Hello, {name}! {n:>5} {pi:.2f} {name!r} {n + 1 = } {name = !s} {n=} {pi=:.1f}")
print(f"{n:{'>'}{8}} {'nested ' + f'{n}'} {{braces}} {n if n else 0} {[x for x in range(3)]} {dict(a=1)['a']}")
print(f"{'a' if n > 3 else 'b'} {(lambda x: x * 2)(4)} {n!r:>4} {name[0]}{name[-1]} {name.upper()}")
print(f"""multi
{n}
line {
    name
}""")
print(f"{n:#x} {n:08b} {n:,} {1234567:_} {0.5:%} {'é':*^5} {name:.3}")
print(f"{'\n'.join(['a', 'b'])} {"same quotes"} {f"{f"{n}"}"}")
print(f"{name!a} {'é'!a} {n!s}" f" {pi}" "plain {not}")
print(rf"\n{n}\t", f"\x41{n}\u00e9", fr"{name}\d")
x = {"k": [1, 2]}
print(f"{x['k'][1]} {x} {x!r} {len(x)=}")
print(f"{n = :>6} {n  =} { n = }", f"{3:=+5}", f"{n:{n}}", f"{-5:{'+' if n else '-'}}")
print(f"{n,}", f"{n, 1}", f"{*[1, 2],}", f"{(yy := 5)} {yy}")
class D:
    def __format__(self, s):
        return "fmt:" + s
    def __str__(self):
        return "str"
    def __repr__(self):
        return "rep"
d = D()
print(f"{d} {d:x} {d!s} {d!r} {d!s:>5} {d=} {d=:y} {d=!s}")
