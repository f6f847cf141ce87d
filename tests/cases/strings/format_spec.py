# The format mini-language.
for spec in ("", "5", "<5", ">5", "^5", "*^7", "05", "+", " ", "-", ",", "_", "x", "X", "#x", "o", "#o", "b", "#b", "c", "e", ".2f", "%", "g", "n", "010,", "+.1e", "#010x", ">+8", "=+8", "z.1f"):
    try:
        print(repr(spec), repr(format(65, spec)))
    except ValueError as e:
        print(repr(spec), "ValueError", e)
for spec in ("", ".0f", ".3", "10.2f", "+g", "e", "E", "G", "%", ".0%", ",", "_.2f", "010.1f", "<8", "^+9.2f", "n", "#.0f", "z.0f", "s", "d"):
    try:
        print(repr(spec), repr(format(-1234.5678, spec)), repr(format(0.0001, spec)))
    except ValueError as e:
        print(repr(spec), "ValueError", e)
for spec in ("", "6", ">6", "^6", "*<6", ".2", "6.2", "s", "5s|", "d", ",", "=5", "06"):
    try:
        print(repr(spec), repr(format("abc", spec)))
    except ValueError as e:
        print(repr(spec), "ValueError", e)


class F:
    def __format__(self, spec):
        return f"<{spec}>"


print(f"{F()} {F():abc} {F():{'x' * 3}}", format(F(), "q"), "{:>5}".format(F()))
print(f"{[1, 2]!s:>10} {None!r:^8} {True:5} {True:d} {3:>{4}} {2.5:{6}.{2}f}")
try:
    format([1], ">5")
except TypeError as e:
    print(e)
try:
    f"{None:5}"
except TypeError as e:
    print(e)
