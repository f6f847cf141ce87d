# Augmented assignment: in place where possible.
a = [1, 2]
b = a
a += [3]
a *= 2
print(a, b, a is b)
t = (1,)
u = t
t += (2,)
print(t, u)
s = "ab"
s += "cd"
s *= 2
print(s)
n = 10
n += 5
n -= 3
n *= 4
n //= 5
n **= 2
n %= 7
n <<= 4
n >>= 1
n |= 1
n &= 0xF
n ^= 3
n /= 2
print(n)
d = {"a": 1}
d["a"] += 1
d |= {"b": 2}
print(d)
st = {1}
st |= {2}
st &= {2, 3}
st ^= {5}
st -= {2}
print(st)
try:
    t2 = ([1],)
    t2[0] += [2]
except TypeError as e:
    print(e, t2)


class V:
    def __init__(self, v):
        self.v = v

    def __iadd__(self, o):
        self.v += o
        return self

    def __sub__(self, o):
        return V(self.v - o)

    def __imatmul__(self, o):
        return "matmul"


v = w = V(1)
v += 5
print(v.v, v is w)
v -= 1
print(v.v, v is w)
v @= 1
print(v)
x = [0, 0]


def index():
    print("once")
    return 1


x[index()] += 5
print(x)
