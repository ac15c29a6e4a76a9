"""Pictures as a window paints them: in place and in their colours at every size, odd ones, too."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from coachvision.core.frames import Frame, Planes, rgb_matrix
from coachvision.video.frame_server_pixels import Painter, _as_video_frame
from coachvision.video.proxy_reader import Preview


def _slopes(width: int, height: int) -> Planes:
    """Brighter to the right, bluer downwards: a picture out of place shows as another value everywhere."""
    down, across = (part / 160 for part in np.mgrid[0:height, 0:width])
    y = (40 + 160 * across).astype(np.uint8)
    u = (100 + 60 * down[::2, ::2]).astype(np.uint8)
    v = (150 - 40 * across[::2, ::2]).astype(np.uint8)
    return Planes(y, u, v, rgb_matrix(standard="bt709"))


_SOURCES = [(160, 90), (162, 90), (164, 90), (161, 91)]
_SIZES = [None, (213, 121), (214, 120), (210, 118), (101, 57), (100, 56), (166, 90), (165, 90), (157, 89)]


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("source", _SOURCES)
@pytest.mark.parametrize("preview", [True, False])
def test_a_picture_fills_its_room_in_its_colours(
    source: tuple[int, int], size: tuple[int, int] | None, preview: bool
) -> None:
    planes = _slopes(*source)
    size = size or source
    frame = (
        Preview(0, _as_video_frame(planes), planes.rgb_matrix) if preview else Frame(0, 0, 0.0, planes=planes)
    )  # fmt: skip
    # Behind it the next picture begins.
    room = np.full(size[0] * size[1] * 4 + 64, 7, np.uint8)
    out = room[:-64].reshape(size[1], size[0], 4)
    Painter().paint(frame, out)
    y, u, v = (cv2.resize(part.astype(np.float32), size) for part in (planes.y, planes.u, planes.v))
    true = np.clip(cv2.transform(cv2.merge([y, u, v]), planes.rgb_matrix), 0, 255)[:, :, ::-1]
    off = np.abs(out[:, :, :3].astype(float) - true)
    # FFmpeg reckons in few bits, and places chroma between other pixels than OpenCV does.
    assert off.mean() < 2
    assert off.max() < 10
    assert (out[:, :, 3] == 255).all()
    assert (room[-64:] == 7).all()
