"""Codecs of East Asia."""

from _multibytecodec import getter

getcodec = getter({"shift_jis", "cp932", "euc_jp"})
