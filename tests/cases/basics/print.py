# print and its options.
print()
print(1, "a", None, 2.5, [1, "x"], sep=", ")
print("no newline", end="")
print(" -", end=" -\n")
print("a", "b", sep="")
print(*range(3), *"xy")
import io

f = io.StringIO()
print("to", "file", file=f, flush=True)
print(repr(f.getvalue()))
print("é", "日本", "😀", "\t|", "a\nb")
print(repr("é\n\t'\"\\\x00\x7f\u200b😀"), ascii("é😀"))
print(b"bytes \xff\n'", bytearray(b"x"), (1,), {}, set(), {1: (2,)}, ...)
print("%d %s %r %5.2f %-5s| %05d %x %o %e %%" % (5, "s", "r", 3.14159, "ab", 42, 255, 8, 12345.678))
print("{} {1} {0!r} {name:>5}".replace("{} ", "").format("a", "b", name="n"), "{:,}".format(1234567))
try:
    print("x", sep=1)
except TypeError as e:
    print(e)
try:
    print("x", foo=1)
except TypeError as e:
    print(e)
