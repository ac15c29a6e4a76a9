"""From PyAV's frames to upright, square-pixel, 8-bit `core.frames.Frame`. Used by `reader`, in the decoding thread.

Planes are copied, not converted to RGB: most analyzers look at a small part of a frame.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from coachvision.core.frames import Frame, Image, Planes, rgb_matrix
from coachvision.video.deinterlace import deinterlaced
from coachvision.video.facts import VideoFacts
from coachvision.video.tonemap import HLG, PQ, tone_mapped

# FFmpeg's AVColorSpace (ITU-T H.273 matrix coefficients).
_STANDARDS = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_cached_matrix = lru_cache(maxsize=8)(rgb_matrix)


class Converter:
    """Makes frames of one file upright. Belongs to one thread."""

    def __init__(self, facts: VideoFacts, size: tuple[int, int] | None = None) -> None:
        """size: (width, height) of the upright frames where they shall be smaller than the video's own."""
        self._rotation = facts.rotation
        self._mirrored = facts.mirrored
        width, height = size or (facts.width, facts.height)
        self._size = (height, width) if facts.rotation in (90, 270) else (width, height)
        self._reformatter = VideoReformatter()

    def frame(self, decoded: VideoFrame, index: int, pts: int, time_s: float) -> Frame:
        """An independent copy of a decoded frame."""
        if _has_rgb(decoded):
            rgb = np.asarray(self._reformatter.reformat(decoded, format="rgb24").to_ndarray(), np.uint8)
            return Frame(index, pts, time_s, rgb=self._upright(rgb, self._size))
        planes = self._planes(decoded)
        chroma = ((self._size[0] + 1) // 2, (self._size[1] + 1) // 2)
        upright = Planes(
            self._upright(planes.y, self._size),
            self._upright(planes.u, chroma),
            self._upright(planes.v, chroma),
            planes.rgb_matrix,
        )
        return Frame(index, pts, time_s, planes=upright)

    def _planes(self, decoded: VideoFrame) -> Planes:
        full = decoded.color_range == ColorRange.JPEG or decoded.format.name.startswith("yuvj")
        transfer = int(decoded.color_trc)
        standard = _STANDARDS.get(int(decoded.colorspace)) or ("bt709" if decoded.height >= 720 else "bt601")
        interlaced = decoded.interlaced_frame
        hdr = transfer in (PQ, HLG)
        if decoded.format.name not in ("yuv420p", "yuvj420p", "nv12") or decoded.planes[0].line_size <= 0:
            keep = ColorRange.JPEG if full and not hdr else ColorRange.MPEG
            source = ColorRange.JPEG if full else ColorRange.MPEG
            decoded = self._reformatter.reformat(
                decoded, format="yuv420p", src_color_range=source, dst_color_range=keep
            )
        y, u, v = plane_views(decoded)
        if interlaced:
            y, u, v = deinterlaced(y), deinterlaced(u), deinterlaced(v)
        if hdr:
            return tone_mapped(y, u, v, transfer)
        return Planes(y, u, v, _cached_matrix(standard=standard, full_range=full))

    def _upright(self, plane: Image, size: tuple[int, int]) -> Image:
        """The plane turned and sized, in memory of its own."""
        own = plane
        if (plane.shape[1], plane.shape[0]) != size:
            own = np.asarray(cv2.resize(own, size, interpolation=_how(plane, size)), np.uint8)
        if self._mirrored:
            own = np.asarray(cv2.flip(own, 1), np.uint8)
        if self._rotation:
            own = np.asarray(cv2.rotate(own, _TURNS[self._rotation]), np.uint8)
        # A plane that is still the decoder's is copied: FFmpeg takes its buffers back.
        return own.copy() if own is plane and plane.base is not None else own


def _how(plane: Image, size: tuple[int, int]) -> int:
    """The interpolation: averaging whole blocks is fast, broken ones cost six times a bilinear look-up."""
    height, width = plane.shape[:2]
    if width % size[0] == 0 and height % size[1] == 0:
        return cv2.INTER_AREA
    # Squeezed a little for square pixels: a moiré would stay in every later picture. Much smaller: speed is the point.
    little = (width > size[0] or height > size[1]) and width * height < 2 * size[0] * size[1]
    return cv2.INTER_AREA if little else cv2.INTER_LINEAR


def _has_rgb(decoded: VideoFrame) -> bool:
    return bool(decoded.format.is_rgb) or decoded.format.has_palette


def _view(decoded: VideoFrame, plane: int, width: int, height: int) -> NDArray[np.uint8]:
    source = decoded.planes[plane]
    rows = np.frombuffer(memoryview(source), np.uint8).reshape(-1, source.line_size)
    return np.asarray(rows[:height, :width], np.uint8)


def copied_planes(decoded: VideoFrame) -> tuple[Image, Image, Image]:
    """8-bit 4:2:0 planes in memory of our own: FFmpeg takes its buffers back."""
    y, u, v = plane_views(decoded)
    return y.copy(), u.copy(), v.copy()


def plane_views(decoded: VideoFrame) -> tuple[Image, Image, Image]:
    """8-bit 4:2:0 planes in the decoder's memory."""
    width, height = decoded.width, decoded.height
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    y = _view(decoded, 0, width, height)
    if decoded.format.name == "nv12":
        both = _view(decoded, 1, 2 * half_width, half_height)
        return y, both[:, 0::2], both[:, 1::2]
    return y, _view(decoded, 1, half_width, half_height), _view(decoded, 2, half_width, half_height)
