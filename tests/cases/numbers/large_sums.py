"""Sums of integers of many sizes, made in many orders."""
import random
random.seed(5)
h=0
vals=[random.getrandbits(random.choice([10,60,61,62,63,64,65,127,128,129,191,192,193,300,1000,4000,65536,70000]))*random.choice([1,-1]) for _ in range(60)]
vals+=[(1<<k)-1 for k in range(55,400,29)]+[1<<k for k in range(55,400,29)]+[-(1<<k) for k in range(60,70)]
for a in vals:
    for b in vals:
        c=a+b
        h=(h*31+hash(c)+c%1000003)%(1<<61)
        d=c-b
        assert d==a
        c+=a; c+=b
        h^=hash(c)
s=0
for v in vals*20: s+=v
class I(int): pass
x=I(1<<100)+I(1<<101)
print(h,hash(s),x,type(x))
