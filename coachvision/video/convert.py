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

    def __init__(self, facts: VideoFacts) -> None:
        self._rotation = facts.rotation
        self._mirrored = facts.mirrored
        turned = facts.rotation in (90, 270)
        self._size = (facts.height, facts.width) if turned else (facts.width, facts.height)
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
        y, u, v = copied_planes(decoded)
        if interlaced:
            y, u, v = deinterlaced(y), deinterlaced(u), deinterlaced(v)
        if hdr:
            return tone_mapped(y, u, v, transfer)
        return Planes(y, u, v, _cached_matrix(standard=standard, full_range=full))

    def _upright(self, plane: Image, size: tuple[int, int]) -> Image:
        if (plane.shape[1], plane.shape[0]) != size:
            smaller = plane.shape[1] > size[0] or plane.shape[0] > size[1]
            plane = np.asarray(
                cv2.resize(plane, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR), np.uint8
            )
        if self._mirrored:
            plane = np.asarray(cv2.flip(plane, 1), np.uint8)
        if self._rotation:
            plane = np.asarray(cv2.rotate(plane, _TURNS[self._rotation]), np.uint8)
        return plane


def _has_rgb(decoded: VideoFrame) -> bool:
    return bool(decoded.format.is_rgb) or decoded.format.has_palette


def _view(decoded: VideoFrame, plane: int, width: int, height: int) -> NDArray[np.uint8]:
    source = decoded.planes[plane]
    rows = np.frombuffer(memoryview(source), np.uint8).reshape(-1, source.line_size)
    return np.asarray(rows[:height, :width], np.uint8)


def copied_planes(decoded: VideoFrame) -> tuple[Image, Image, Image]:
    """8-bit 4:2:0 planes in memory of our own: FFmpeg takes its buffers back."""
    width, height = decoded.width, decoded.height
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    y = _view(decoded, 0, width, height).copy()
    if decoded.format.name == "nv12":
        both = _view(decoded, 1, 2 * half_width, half_height)
        return y, both[:, 0::2].copy(), both[:, 1::2].copy()
    return y, _view(decoded, 1, half_width, half_height).copy(), _view(decoded, 2, half_width, half_height).copy()
