# for, while, else, break, continue, nested loops, ranges.
for i in range(3):
    print(i, end=" ")
else:
    print("done")
for i in range(10):
    if i == 3:
        break
else:
    print("never")
while i:
    i -= 1
    if i % 2:
        continue
    print("w", i)
else:
    print("while over")
for i in range(3):
    for j in range(3):
        if j == i:
            break
        print(i, j)
    else:
        print("full", i)
print(list(range(5)), list(range(2, 5)), list(range(10, 0, -3)), list(range(0)), len(range(0, 100, 7)))
print(range(10)[2], range(10)[-1], range(10)[2:5], range(0, 20, 3)[::-1], 6 in range(0, 20, 3), range(3) == range(0, 3, 1))
n = 0
while True:
    n += 1
    if n > 5:
        break
print(n)
for x in [1, 2, 3]:
    pass
print(x)
for k, v in {"a": 1, "b": 2}.items():
    print(k, v)
for a, b in zip("abc", range(10)):
    print(a, b)
for i, c in enumerate("xy", start=5):
    print(i, c)
for c in reversed("abc"):
    print(c, end="")
print()
items = [1, 2, 3, 4]
for it in items:
    if it == 2:
        items.remove(it)
print(items)
i = 5
for i in []:
    pass
print(i)
