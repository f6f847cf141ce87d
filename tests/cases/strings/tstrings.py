# Template strings.
from string.templatelib import Interpolation, Template

name, n = "World", 5
t = t"Hello {name!r:>10} and {n + 1} end"
print(type(t), t.strings, t.values)
for part in t:
    print(repr(part) if isinstance(part, str) else (part.value, part.expression, part.conversion, part.format_spec))


def html(template):
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
        else:
            out.append(str(part.value).replace("<", "&lt;"))
    return "".join(out)


evil = "<script>"
print(html(t"<p>{evil}</p>"), html(t"" + t"{n}" + t"x"))
print((t"a{n}" + t"b{n}c").strings, Template("x", Interpolation(1, "n", None, ""), "y").values, t"".strings, t"{n=}".strings)
try:
    t"a" + "b"
except TypeError as e:
    print(type(e).__name__)
print(t"{n:{n}}".interpolations[0].format_spec, rt"\n{n}".strings)
