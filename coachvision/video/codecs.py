"""What the FFmpeg that came with the program can read and write. For `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import av
from av.codec import Codec


@dataclass(frozen=True)
class Codecs:
    """library: FFmpeg's libavcodec version. missing_decoders, missing_encoders: of those that the program counts on."""

    library: str
    missing_decoders: tuple[str, ...]
    missing_encoders: tuple[str, ...]


# Phones, cameras, screen recorders and the web; H.264 and AAC are what we write.
_DECODERS = ("h264", "hevc", "vp9", "av1", "mpeg4", "mjpeg", "prores", "aac")
_ENCODERS = ("libx264", "aac")


def codecs() -> Codecs:
    """Look them up; no file is opened."""
    version = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return Codecs(
        version,
        tuple(name for name in _DECODERS if not _has(name, "r")),
        tuple(name for name in _ENCODERS if not _has(name, "w")),
    )


def _has(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        Codec(name, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True
