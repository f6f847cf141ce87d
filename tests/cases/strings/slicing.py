# Indexing and slicing, ASCII and not.
for s in ("abcdefgh", "äöüß日本😀x"):
    print(s[0], s[-1], s[2:5], s[:3], s[5:], s[::2], s[::-1], s[-3:], s[:-2], s[10:], s[5:2], s[-100:100], s[6:1:-2], len(s))
    print([s[i] for i in range(len(s))], list(reversed(s)) == list(s)[::-1], s[1:][1:][1:])
    print(s.find(s[3]), s.index(s[-2]), s.count(s[0]), s[3] in s, s[2:4] * 2, s + s[::-1])
t = "x" * 100 + "é" + "y" * 100
print(t[100], t[99:102], len(t), t.find("é"), t[150], t[::50], t[-101])
print("abc"[1:1] == "", "abc"[slice(0, 2)], "abc"[slice(None, None, -1)], slice(1, 5, 2).indices(4))
emoji = "a😀b😀c"
print(emoji.split("😀"), emoji.replace("😀", "-"), emoji.rfind("😀"), emoji[1] == "😀", emoji.encode("utf-16-le")[:6])
print(sorted("héllo wörld"), max("aéz"), "é" > "z", "\U0010ffff" > "\uffff", "日" < "本")
u = "".join(chr(i) for i in range(0x3B1, 0x3C0))
print(u, u[3:6], u.upper(), u.upper().lower() == u)
print("a" "b" * 3, "ab" * 0 == "", "ab" * -1 == "", 3 * "ab")
