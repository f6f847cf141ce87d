"""Codecs of East Asia."""

from _multibytecodec import getter

getcodec = getter({"gb2312", "gbk", "gb18030", "hz"})
