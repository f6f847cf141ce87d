# try, except, else, finally; nesting, reraising, chaining.
def f(x):
    try:
        print("try", x)
        if x == 1:
            raise ValueError("one")
        if x == 2:
            raise KeyError("two")
        if x == 3:
            return "returned"
        if x == 4:
            1 / 0
    except ValueError as e:
        print("value", e)
        return "handled"
    except (KeyError, IndexError) as e:
        print("lookup", repr(e))
    else:
        print("else")
    finally:
        print("finally", x)
    return "end"


for i in range(4):
    print(f(i))
try:
    f(4)
except ZeroDivisionError as e:
    print("outer", e)


def order():
    try:
        return "try"
    finally:
        print("before return")


print(order())


def override():
    for i in range(3):
        try:
            continue
        finally:
            print("loop finally", i)
    while True:
        try:
            break
        finally:
            print("break finally")
    return "done"


print(override())
try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second")
except TypeError as e:
    print(e, repr(e.__context__), e.__cause__, e.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise RuntimeError("from") from z
except RuntimeError as e:
    print(e, repr(e.__cause__), e.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise RuntimeError("none") from None
except RuntimeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise ValueError("again")
    except ValueError:
        raise
except ValueError as e:
    print("reraised", e)
try:
    raise
except RuntimeError as e:
    print(e)
for bad in ("raise 5", "raise int", "raise ValueError from 5", "raise None"):
    try:
        exec(bad)
    except TypeError as e:
        print(e)
try:
    e
except NameError as n:
    print(n)
import sys

print(sys.exc_info(), sys.exception())
try:
    raise ValueError
except ValueError as x:
    print(sys.exc_info()[0], sys.exception() is x, x.args, repr(x), str(x) == "")
    try:
        raise KeyError
    except KeyError:
        print(type(sys.exception()).__name__)
    print(type(sys.exception()).__name__)
print(sys.exception())
try:
    try:
        pass
    except 5:
        pass
    print("unused except is not evaluated")
    try:
        1 / 0
    except 5:
        pass
except TypeError as e:
    print(e)
