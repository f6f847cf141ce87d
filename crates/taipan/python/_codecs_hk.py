"""Codecs of East Asia."""

from _multibytecodec import getter

getcodec = getter(())
