

# What follows is Taipan's: frames that tail calls have elided are told of.

def _taipan_elided_line(frame_calls, sites):
    names = sorted({site[0] for site in sites})
    lines = [f"  [... {frame_calls:,} frame{'s' if frame_calls > 1 else ''} elided by tail calls: {', '.join(names)} ...]\n"]
    for name, filename, lineno, arguments in sites:
        if arguments is not None:
            shown = ", ".join(f"{k}={_safe_string(v, 'argument', repr)}" for k, v in arguments.items())
            lines.append(f'    File "{filename}", line {lineno}, in {name}({shown})\n')
    return "".join(lines)


def _taipan_install():
    extract = StackSummary._extract_from_extended_frame_gen.__func__
    format_all = StackSummary.format
    make = StackSummary.from_list.__func__

    def _extract_from_extended_frame_gen(klass, frame_gen, *, limit=None, **options):
        seen = []

        def watching():
            for frame, position in frame_gen:
                calls = getattr(frame, "f_tail_calls", 0)
                seen.append((calls, frame.f_tail_sites) if calls else None)
                yield frame, position

        result = extract(klass, watching(), limit=limit, **options)
        if any(seen):
            last = limit is BUILTIN_EXCEPTION_LIMIT or isinstance(limit, int) and limit < 0
            kept = seen[len(seen) - len(result):] if last else seen[:len(result)]
            result._taipan_elided = {id(s): (s, _taipan_elided_line(*e)) for s, e in zip(result, kept) if e}
        return result

    def from_list(klass, a_list):
        result = make(klass, a_list)
        if isinstance(a_list, StackSummary) and hasattr(a_list, "_taipan_elided"):
            result._taipan_elided = a_list._taipan_elided
        return result

    def format(self, **options):
        elided = getattr(self, "_taipan_elided", None)
        if not elided:
            return format_all(self, **options)
        out, part = [], type(self)()
        for summary in self:
            if id(summary) in elided:
                out += format_all(part, **options)
                out.append(elided[id(summary)][1])
                part = type(self)()
            part.append(summary)
        return out + format_all(part, **options)

    _extract_from_extended_frame_gen.__doc__ = extract.__doc__
    from_list.__doc__ = make.__doc__
    format.__doc__ = format_all.__doc__
    StackSummary._extract_from_extended_frame_gen = classmethod(_extract_from_extended_frame_gen)
    StackSummary.from_list = classmethod(from_list)
    StackSummary.format = format


_taipan_install()
del _taipan_install
