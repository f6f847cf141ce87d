"""Codecs of East Asia."""

from _multibytecodec import getter

getcodec = getter({"iso2022_jp", "iso2022_jp_1"})
