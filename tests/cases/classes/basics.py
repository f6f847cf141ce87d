# Classes, instances, attributes, methods.
class Animal:
    """An animal."""

    kind = "animal"
    count = 0

    def __init__(self, name, legs=4):
        self.name = name
        self.legs = legs
        Animal.count += 1

    def speak(self):
        return f"{self.name} makes a sound"

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"

    @classmethod
    def create(cls, *names):
        return [cls(n) for n in names]

    @staticmethod
    def legs_of(*animals):
        return sum(a.legs for a in animals)


class Dog(Animal):
    kind = "dog"

    def speak(self):
        return super().speak() + ": woof"


class Bird(Animal):
    def __init__(self, name):
        super().__init__(name, legs=2)


a, d, b = Animal("Generic"), Dog("Rex"), Bird("Tweety")
print(a.speak(), d.speak(), b.speak(), a, d, b, Animal.count)
print(d.kind, Dog.kind, b.kind, Dog.create("A", "B"), Animal.legs_of(a, d, b), d.legs_of(b))
print(isinstance(d, Animal), issubclass(Dog, Animal), type(d) is Dog, Dog.__mro__, Dog.__bases__, Dog.__name__, Animal.__doc__, Dog.__doc__)
d.kind = "own"
print(d.kind, Dog.kind, d.__dict__, "speak" in Dog.__dict__, Dog.__module__)
del d.kind
print(d.kind, hasattr(d, "nope"), getattr(d, "nope", 1))
for f in (lambda: d.nope, lambda: Dog.nope, lambda: Dog(), lambda: Dog(1, 2, 3), lambda: d.speak(1), lambda: Dog.speak(), lambda: d(), lambda: delattr(d, "zz"), lambda: Animal.speak(5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
m = d.speak
print(m(), m.__self__ is d, m.__func__ is Dog.speak, m == d.speak, m is d.speak, Dog.speak(d))
Dog.speak = lambda self: "patched"
print(d.speak(), Dog("New").speak())
Animal.new_attr = 7
print(d.new_attr, b.new_attr)
X = type("X", (Animal,), {"kind": "made", "f": lambda self: self.name * 2})
print(X("ab").f(), X.kind, X.__name__, X.__mro__[1].__name__)


class Empty:
    pass


e = Empty()
e.a = e
print(e.a.a is e, Empty.__dict__.keys() >= {"__module__", "__dict__"}, repr(e)[:27], e == e, e != Empty())
