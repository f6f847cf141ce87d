"""Events of modules that hold next to nothing."""
import sys
for src in ('', '# c\n', '\n\n', '"doc"\n', 'pass', 'x=1\n'):
    c=compile(src,'f','exec')
    ev=[]
    def tr(f,e,a):
        if f.f_code is c: ev.append((e,f.f_lineno))
        return tr
    sys.settrace(tr); exec(c); sys.settrace(None)
    print(repr(src), ev, list(c.co_lines()), c.co_firstlineno)
