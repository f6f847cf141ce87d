# Methods and operators of list.
a = [3, 1, 2]
a.append(4)
a.extend("xy")
a.insert(1, "ins")
a.insert(-1, "neg")
a.insert(100, "end")
print(a, len(a), a.index(4), a.count(1))
print(a.pop(), a.pop(0), a.pop(-2), a)
a.remove("ins")
a.reverse()
print(a, a[::-1], a[1:3], a[-2:], a + [1], a * 2, 4 in a)
b = [5, 3, 9, 1]
b.sort()
print(b, sorted(b, reverse=True), sorted("bca"), sorted([(2, "a"), (1, "b"), (2, "A")]))
words = ["pear", "Fig", "apple", "kiwi"]
words.sort(key=str.lower)
print(words, sorted(words, key=len), sorted(words, key=lambda w: (-len(w), w)))
c = list(range(10))
c[2:5] = ["a"]
c[::3] = [0, 0, 0]
del c[1::2]
print(c)
c[:] = []
print(c, c.copy(), list(), [[]] * 2)
n = [[0] * 2 for _ in range(2)]
n[0][0] = 1
m = [[0] * 2] * 2
m[0][0] = 1
print(n, m)
for f in (lambda: [].pop(), lambda: [1].pop(5), lambda: [].remove(1), lambda: [1].index(2), lambda: [1][1], lambda: [1][words[0]], lambda: [3, "a"].sort(), lambda: [1] + (2,), lambda: c.extend(5), lambda: hash([]), lambda: [1, 2, 3].__setitem__(slice(0, 3, 2), [1]), lambda: list(5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
x = [1]
x.append(x)
print(x, x == x, repr(x))
print([1, [2, [3]]] == [1, [2, [3]]], [1, 2] < [1, 3], [] < [0], [1, 2, 3].__len__(), list("ab").__contains__("a"))
print([*range(3), *"ab"], [i for i in range(3)], all([]), any([]), sum([[1], [2]], []), max([3, 1], default=0), min([], default="none"))
