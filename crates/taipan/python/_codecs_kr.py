"""Codecs of East Asia."""

from _multibytecodec import getter

getcodec = getter({"euc_kr", "cp949", "johab"})
