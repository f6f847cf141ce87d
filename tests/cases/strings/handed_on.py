"""A text that formatting only hands on stays the object that it is."""
x = "a" * 50


class S(str):
    pass


s = S("q" * 40)
print(("%s" % x) is x, ("%s" % (x,)) is x, "{}".format(x) is x, "{0}".format(x) is x, f"{x}" is x)
print(("%s" % s) is s, type("%s" % s), "{!s}".format(x) is x, "{:s}".format(x) is x, format(x, "") is x)
print("%s" % {"a": 1}, "%s" % (1,), "{}".format(s), type("{}".format(s)), "{}".format(x, 1) is x)
for bad in ("%s" , "{}"):
    try:
        print(bad % (), bad.format())
    except (TypeError, IndexError) as e:
        print(type(e).__name__, e)
try:
    "%s" % ("a", "b")
except TypeError as e:
    print(e)
