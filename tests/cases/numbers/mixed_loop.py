# A loop over ints that grow, floats that mix in, and overflow of the inline range.
n = 1
steps = []
for i in range(70):
    n = n * 3 + i
    if i % 10 == 0:
        steps.append(n)
print(steps)
t = 0
for i in range(1000):
    t += i * 0.5 if i % 3 else i
print(t)
x = 2**59
for _ in range(5):
    x += x
    print(x, x - 1, -x, -x - 1, type(x).__name__)
y = -(2**59)
for _ in range(4):
    y += y
    print(y, y - 1)
print(sum(2**k for k in range(100)), sum(-(2**k) for k in range(70)))
a, b = 10**18, 10**18
print(a * b, a * 10, a + b, a - b * 2, (a * 10) // 10 == a)
acc = 1.0
for i in range(1, 30):
    acc = acc * i / (i + 1) + 0.25
print(acc)
print([i ** 2 % 7 for i in range(-5, 6)], [1 << i for i in range(58, 66)])
