"""From a frame to the bytes a window paints, at any size. Used by the frame server, in its own process."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from coachvision.core.frames import Frame, Planes, rgb_matrix
from coachvision.video.convert import copied_planes, plane_views
from coachvision.video.frame_server_slots import Pixels
from coachvision.video.proxy_reader import Preview

# What FFmpeg's scaler can convert by itself: three times faster than arithmetic on whole pictures.
_STANDARDS = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709}

# FFmpeg converts so many pixels of a row at a time, and may leave out the rest of it; an odd height makes it slow.
_WHOLE = 8


class Painter:
    """Belongs to one thread."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._room: VideoFrame | None = None

    def paint(self, frame: Frame | Preview, out: Pixels) -> None:
        """Fill `out`, (h, w, 4) blue, green, red, 255, with the whole frame at that size."""
        if isinstance(frame, Preview):
            known = _known(frame.rgb_matrix.tobytes())
            if known is not None:
                self._scale(frame.decoded, known, out)
                return
            frame = Frame(frame.index, 0, 0.0, planes=Planes(*copied_planes(frame.decoded), frame.rgb_matrix))
        known = _known(frame.planes.rgb_matrix.tobytes()) if frame.planes is not None else None
        if frame.planes is None or known is None:
            height, width = out.shape[:2]
            how = cv2.INTER_AREA if width < frame.width else cv2.INTER_LINEAR
            rgb = frame.rgb if (frame.width, frame.height) == (width, height) else cv2.resize(
                frame.rgb, (width, height), interpolation=how
            )  # fmt: skip
            cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA, dst=out)
            return
        self._scale(_as_video_frame(frame.planes), known, out)

    def _scale(self, frame: VideoFrame, known: tuple[str, bool], out: Pixels) -> None:
        """known: (standard, full range) of its colours."""
        height, width = out.shape[:2]
        if width < frame.width:
            # At odd widths FFmpeg's scaler is four times slower: it makes a column more, which is left out.
            width_made, height_made = width + width % 2, height
        else:
            if (frame.width, frame.height) != (width, height) or width % _WHOLE or height % 2:
                frame = self._enlarged(frame, width, height)
            width_made, height_made = frame.width, frame.height
        np.copyto(out, self._converted(frame, known, width_made, height_made)[:height, :width])

    def _enlarged(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """Its planes at that size, in the corner of a frame that is used again and is not too odd to be converted.

        They are less than half the bytes that its colours would be.
        """
        room = (-(-width // _WHOLE) * _WHOLE, height + height % 2)
        if self._room is None or (self._room.width, self._room.height) != room:
            self._room = VideoFrame(*room, "yuv420p")
        halves = ((width + 1) // 2, (height + 1) // 2)
        sizes = ((width, height), halves, halves)
        for part, plane, size in zip(plane_views(frame), plane_views(self._room), sizes, strict=True):
            cv2.resize(part, size, dst=plane[: size[1], : size[0]], interpolation=cv2.INTER_LINEAR)
        return self._room

    def _converted(self, frame: VideoFrame, known: tuple[str, bool], width: int, height: int) -> Pixels:
        """(h, w, 4) blue, green, red, 255, in FFmpeg's memory: lives as long as somebody holds it."""
        standard, full = known
        same = (frame.width, frame.height) == (width, height)
        made = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgra",
            src_colorspace=_STANDARDS[standard],
            dst_colorspace=_STANDARDS[standard],
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.POINT if same else Interpolation.BILINEAR,
            # A picture takes 2 ms: handing its parts to other threads costs more than it gains.
            threads=1,
        )
        plane = made.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[:height, : width * 4].reshape(height, width, 4)


def _as_video_frame(planes: Planes) -> VideoFrame:
    height, width = planes.y.shape
    frame = VideoFrame(width, height, "yuv420p")
    for plane, part in zip(frame.planes, (planes.y, planes.u, planes.v), strict=True):
        rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: part.shape[0], : part.shape[1]] = part
    return frame


@cache
def _known(matrix: bytes) -> tuple[str, bool] | None:
    """(standard, full range) of a colour matrix, or None where it is another one."""
    wanted = np.frombuffer(matrix, np.float32).reshape(3, 4)
    for standard in _STANDARDS:
        for full in (False, True):
            if np.allclose(wanted, rgb_matrix(standard=standard, full_range=full), atol=1e-3):
                return standard, full
    return None
