# Literals: escapes, raw, triple quotes, joining, bytes.
print("a\tb\\n\x41\u00e9\U0001F600\N{GREEK SMALL LETTER ALPHA}\101\0end".encode("unicode_escape"))
print(r"raw\n\t", len(r"\n"), R"\\")
print("""triple
line "quoted" 'single'
end""")
print("join" "ed" 'strings' f"{1}" "x")
print(b"\x00\xff\n" b"abc", br"\n", rb"\x00", len(b"\n"))
print('it\'s', "say \"hi\"", 'a"b', "a'b", 'both \' and "')
print("line \
continued")
print("\u0041", "\101", '\x7a', len("\N{BULLET}"))
print(f"{'nested'}", f'{"q"}', f"{{}} {{{1}}}")
print("tab\there".expandtabs(4), "\a\b\f\v\r".encode())
