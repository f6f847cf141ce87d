"""Integers of all sizes, sorted."""
import random

random.seed(7)
values = [random.getrandbits(random.choice([3, 30, 61, 62, 63, 64, 65, 100, 300])) * random.choice([1, -1]) for _ in range(400)]
values += [2**63, -(2**63), 2**63 - 1, -(2**63) - 1, 2**64, 0]
s = sorted(values)
print(all(a <= b for a, b in zip(s, s[1:])), sorted(values, reverse=True) == s[::-1], sorted(s) == s)
print(s[0], s[-1], sum(i * v for i, v in enumerate(s)))
print(sorted([2**70, True, 5, 2**65 + 1.0, -1]), sorted([2**70, -(2**70), 3]), sorted([1, 2**64, 0.5]))
pairs = [(i, 2**65 + i % 3) for i in range(12)]
print(sorted(pairs, key=lambda p: p[1]))
print([p[0] for p in sorted(pairs, key=lambda p: p[1], reverse=True)])


class I(int):
    def __lt__(self, other):
        return int(self) > int(other)


print(sorted([I(2**66), I(3), I(2**67)]))
