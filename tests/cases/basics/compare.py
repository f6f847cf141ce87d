# Comparison chains, identity, membership, mixed types.
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2, 1 == 1.0 == True, 1 != 2 != 1)
print(None is None, [] == [], "a" in "abc", 3 not in [1, 2])
print([1, 2] < [1, 3], [1] < [1, 0], (1, "a") < (1, "b"), "abc" < "abd", b"a" < b"b")
print({1, 2} <= {1, 2, 3}, {1, 2} < {1, 2}, {1: 2} == {1: 2.0}, frozenset([1]) == {1})
print(float("nan") == float("nan"), float("inf") > 10 ** 400, -0.0 == 0.0, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53)


def say(x):
    print("say", x)
    return x


print(say(1) < say(5) < say(3) < say(9))
for bad in (lambda: 1 < "a", lambda: None < 1, lambda: [] < (), lambda: 1j < 2, lambda: {} < {}):
    try:
        bad()
    except TypeError as e:
        print(e)


class Always:
    def __eq__(self, other):
        return "yes"

    def __lt__(self, other):
        return NotImplemented

    def __gt__(self, other):
        return "greater"


a = Always()
print(a == 1, 1 == a, a != 1, 1 < a, a > 1)
