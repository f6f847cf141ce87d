# Every combination of signs and zero, int and float.
values = [5, -5, 3, -3, 0, 2.5, -2.5, 0.0, -0.0]
for a in values:
    for b in values:
        row = [a, b]
        for op in ("//", "%", "/"):
            try:
                row.append(eval(f"a {op} b"))
            except ZeroDivisionError as e:
                row.append(str(e))
        print(*row)
