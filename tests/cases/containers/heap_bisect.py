# heapq, bisect, array.
import bisect
import heapq
from array import array

h = []
for v in (5, 1, 8, 3, 9, 2):
    heapq.heappush(h, v)
print(h[0], [heapq.heappop(h) for _ in range(3)], heapq.heappushpop(h, 4), heapq.heapreplace(h, 10), sorted(h))
data = [9, 4, 7, 1, 8]
heapq.heapify(data)
print(data, heapq.nlargest(2, data), heapq.nsmallest(2, data, key=lambda v: -v), list(heapq.merge([1, 4], [2, 3], [0])))
s = [1, 3, 3, 5]
print(bisect.bisect(s, 3), bisect.bisect_left(s, 3), bisect.bisect_right(s, 0), bisect.bisect_left(s, 4, key=lambda v: v))
bisect.insort(s, 4)
bisect.insort_left(s, 3)
print(s)
grades = "FDCBA"
print([grades[bisect.bisect([60, 70, 80, 90], x)] for x in (33, 99, 77, 70, 89, 90, 100)])
a = array("i", [1, 2, 3])
a.append(4)
a.extend([5])
print(a, a[1], a[1:3], a.typecode, a.itemsize, a.tolist(), a.index(3), a.tobytes()[:4], array("d", [1.5]), array("b", b"ab"), len(a), sum(a))
a[0] = 10
a[1:2] = array("i", [7, 8])
a.reverse()
print(a, a.pop(), a.count(7), array("i") == array("i"))
for f in (lambda: a.append("x"), lambda: array("b", [300]), lambda: array("q?"[1], [1]), lambda: heapq.heappop([])):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
