"""JPEG pictures out of an endless HTTP answer (multipart/x-mixed-replace). For the capture child.

Cameras differ in how they write the parts' heads, so pictures are found by their own marks: every JPEG begins with
FF D8 FF and ends with FF D9 (ITU-T T.81, B.1.1.3), and within its data FF is followed by 00 or a restart mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"
# Beyond this it is no picture of a camera: memory must not grow for ever.
MOST_BYTES = 16 << 20


def pictures(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Each JPEG as soon as its last byte is there. Raises ValueError where no picture ends within 16 MB.

    A thumbnail inside a picture's head has an end mark of its own: an end counts where a part's border, another
    picture, or nothing follows.
    """
    data = bytearray()
    searched = 0
    for chunk in chunks:
        data += chunk
        while True:
            begin = data.find(_BEGIN)
            if begin < 0:
                del data[:-2]
                searched = 0
                break
            if begin:
                del data[:begin]
                searched = 0
            end = _end(data, searched)
            if end is None:
                searched = max(0, len(data) - 4)
                if len(data) > MOST_BYTES:
                    raise ValueError("a picture that does not end")
                break
            yield bytes(data[:end])
            del data[:end]
            searched = 0


def _end(data: bytearray, start: int) -> int | None:
    """Where the picture ends; None while that cannot be told."""
    at = data.find(_END, max(3, start))
    while at >= 0:
        after = bytes(data[at + 2 : at + 4])
        if not after or after[:1] in (b"\r", b"\n", b"-") or after == b"\xff\xd8"[: len(after)]:
            return at + 2
        at = data.find(_END, at + 2)
    return None
