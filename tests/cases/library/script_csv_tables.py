import csv, io, sys
rows = [["a", "b", "c"], [1, 2.5, None], ["x,y", 'q"uote', "new\nline"], ["", " sp ", "é"], []]
for kw in [{}, {"dialect": "excel-tab"}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"delimiter": ";", "quotechar": "'"},
           {"quoting": csv.QUOTE_NONE, "escapechar": "\\"}, {"lineterminator": "\n", "doublequote": False, "escapechar": "!"},
           {"quoting": csv.QUOTE_STRINGS}, {"quoting": csv.QUOTE_NOTNULL}]:
    f = io.StringIO(); w = csv.writer(f, **kw)
    try:
        w.writerows(rows)
    except csv.Error as e:
        print("Error", e)
    print(kw, repr(f.getvalue()))
src = 'id,name,note\r\n1,"Smith, J","said ""hi"""\r\n2,Ann,"two\r\nlines"\r\n3,short\r\n4,long,x,y,z\r\n'
for row in csv.reader(io.StringIO(src)): print(row)
for row in csv.DictReader(io.StringIO(src), restkey="rest", restval="-"): print(row)
r = csv.reader(["1,2", '"a', 'b",c']); print(list(r), r.line_num)
print(list(csv.reader(["1, 2,'x y'"], skipinitialspace=True, quotechar="'", quoting=csv.QUOTE_NONNUMERIC)))
out = io.StringIO(); w = csv.DictWriter(out, ["x", "y"], extrasaction="ignore", restval="?"); w.writeheader(); w.writerow({"x": 1, "z": 2}); print(repr(out.getvalue()))
try:
    csv.DictWriter(out, ["x"]).writerow({"x": 1, "q": 2})
except ValueError as e: print(e)
for bad in [lambda: list(csv.reader(['"a'], strict=True)), lambda: list(csv.reader(['"a"b'], strict=True)), lambda: csv.writer(out, delimiter="ab"),
            lambda: csv.reader([], quoting=9), lambda: csv.writer(out).writerow(5), lambda: list(csv.reader([b"x"])), lambda: csv.get_dialect("nope"),
            lambda: csv.reader([], delimiter="\n"), lambda: list(csv.reader(["a\rb"])), lambda: csv.writer(out, quoting=csv.QUOTE_NONE).writerow(["a,b"]), lambda: csv.field_size_limit("x")]:
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
class D(csv.Dialect):
    delimiter = "|"; quotechar = '"'; lineterminator = "\n"; quoting = csv.QUOTE_MINIMAL
csv.register_dialect("pipe", D); print(csv.list_dialects(), csv.get_dialect("pipe").delimiter)
f = io.StringIO(); csv.writer(f, "pipe").writerow(["a|b", 1]); print(repr(f.getvalue()))
d = csv.Sniffer().sniff("a;b;c\n1;2;3\n4;5;6\n"); print(d.delimiter, d.quotechar, csv.Sniffer().has_header("name,age\nann,3\nbob,4\n"))
print(csv.field_size_limit(), csv.QUOTE_ALL)
