"""A body, read whole and within its limit.

It is decompressed here and not by httpx: a few kilobytes can stand for gigabytes, and the SEC's store
compresses its error bodies even for those who did not ask, saying so or not.
"""

from __future__ import annotations

import time
import zlib

import httpx

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


class BadBodyError(Exception):
    """The body cannot be had whole; the message says why."""


def read_body(answer: httpx.Response, at_most: int, give_up_at: float) -> bytes:
    """The body, at most `at_most` bytes of it, before decompression and after. What drips in after
    `give_up_at`, by the monotonic clock, is no longer wanted. Raises BadBodyError, and httpx's own errors
    where the connection breaks off.
    """
    raw = bytearray()
    for chunk in answer.iter_raw():
        raw += chunk
        if len(raw) > at_most:
            raise BadBodyError(f"more than {at_most} bytes")
        if time.monotonic() > give_up_at:
            raise BadBodyError("not complete in the time it may take")
    encoding = answer.headers.get("Content-Encoding", "identity").lower()
    if encoding == "gzip" or raw.startswith(_GZIP_MAGIC):
        return _gunzip(bytes(raw), at_most)
    if encoding != "identity":
        raise BadBodyError(f"sent as {encoding}, which was not asked for")
    return bytes(raw)


def _gunzip(data: bytes, at_most: int) -> bytes:
    whole = bytearray()
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            whole += member.decompress(data, at_most + 1 - len(whole))
        except zlib.error as error:
            raise BadBodyError(f"damaged gzip: {error}") from error
        if len(whole) > at_most:
            raise BadBodyError(f"more than {at_most} bytes")
        if not member.eof:
            raise BadBodyError("the gzip body ends half-way")
        data = member.unused_data
    return bytes(whole)
