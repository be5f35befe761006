"""The record that minutes carry, read out of a file that nobody has checked yet.

No PDF reader sees such a file: the attachment is found in the bytes as our renderer writes it, and unpacked up to a
limit. Whatever is found proves nothing; minutes are what the record gives, byte for byte, or are refused.
"""

import re
import zlib

PDF = b"%PDF-"
NEAR = 400  # bytes of an object before its stream
_MARK, _STREAM = re.compile(rb"/Type ?/EmbeddedFile\b"), re.compile(rb"stream\r?\n")


def record_in(pdf: bytes, limit: int) -> bytes:
    """Return the first file that minutes carry, at most one byte more than `limit`; nothing where they carry none."""
    mark = _MARK.search(pdf)
    begin = _STREAM.search(pdf, mark.end(), mark.end() + NEAR) if mark is not None else None
    if mark is None or begin is None:
        return b""
    head = pdf[max(0, mark.start() - NEAR) : begin.start()].rpartition(b" obj")[2]
    if b"/FlateDecode" not in head:
        return pdf[begin.end() :].partition(b"endstream")[0].rstrip(b"\r\n")[: limit + 1]
    try:
        return zlib.decompressobj().decompress(pdf[begin.end() :], limit + 1)
    except zlib.error:
        return b""
