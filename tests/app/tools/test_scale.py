"""The scale: by a line, by height, by four corners; used at once, in the coach's units, kept, and undone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from coachvision import settings
from coachvision.core.strokes import Words
from tests.app.tools.conftest import Easel, Opened

_LEFT = Qt.MouseButton.LeftButton


def lengths(easel: Easel) -> list[str]:
    scene, line = easel.board.scene, easel.board.timeline
    assert scene is not None
    assert line is not None
    shown = scene.shown(int(line.pts[easel.player.index]))
    return [part.text for one in shown for part in one.parts if isinstance(part, Words)]


def test_a_line_of_known_length_makes_metres_of_pixels_and_undo_pixels_again(easel: Easel, open_easel: Opened) -> None:
    easel.studio.hand.stick(False)
    easel.studio.hand.take("distance")
    easel.drag((300, 40), (400, 40))
    assert lengths(easel) == ["100 px"]
    QTest.mouseClick(easel.studio.rail.buttons["scale_line"], _LEFT)
    easel.drag((60, 100), (260, 100))
    # Asked in the strip, no dialog; what was drawn is seen meanwhile.
    strip = easel.studio.scale
    assert strip.isVisible()
    assert strip.first.hasFocus()
    strip.first.setValue(4.0)
    QTest.mouseClick(strip.use, _LEFT)
    # The clicks fall on whole pixels of the window.
    assert [float(text.removesuffix(" m")) for text in lengths(easel)] == [
        pytest.approx(2.0, abs=0.03), pytest.approx(4.0, abs=0.01),
    ]  # fmt: skip
    assert "Scale set" in easel.studio.page._scale.text()
    easel.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lengths(easel) == ["100 px"]
    easel.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    easel.window.close()
    settings.save("units.length", "cm")
    again = open_easel()
    assert again.board.calibration is not None
    assert float(lengths(again)[1].removesuffix(" cm")) == pytest.approx(400.0, abs=1.0)


def test_the_athletes_height_and_four_corners_set_the_scale_too(easel: Easel) -> None:
    strip = easel.studio.scale
    easel.studio.hand.take("scale_line")
    QTest.mouseClick(strip.ways["scale_height"], _LEFT)
    strip.first.setValue(1.80)
    QTest.mouseClick(strip.use, _LEFT)
    scale = easel.board.calibration
    assert scale is not None
    assert scale.kind == "height"
    # The synthetic athlete: eyes and ankles are 0.897 of the stature apart.
    track = easel.board.tracks[0]
    eye = track.point("left_eye")[0]
    ankle = track.point("left_ankle")[0]
    assert scale.length(tuple(eye), tuple(ankle))[0] == pytest.approx(1.80 * 0.897, rel=0.03)

    easel.studio.hand.take("scale_plane")
    corners = [(200, 300), (440, 300), (520, 350), (120, 350)]
    for corner in corners:
        easel.click(corner)
    strip.first.setValue(3.0)
    strip.second.setValue(2.0)
    QTest.mouseClick(strip.use, _LEFT)
    scale = easel.board.calibration
    assert scale is not None
    assert scale.kind == "plane"
    sides = [scale.length(a, b)[0] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    assert sides == [pytest.approx(length, rel=0.03) for length in (3.0, 2.0, 3.0, 2.0)]
    # Upwards on the picture is away from the camera: y grows that way.
    near, far = scale.to_metres(np.array([[300.0, 348.0], [300.0, 305.0]]))
    assert far[1] > near[1]
    assert easel.board.drawings[-1].kind == "plane"


@pytest.mark.soak
def test_what_gives_no_scale_is_told_in_the_bar(easel: Easel) -> None:
    easel.studio.hand.take("scale_plane")
    for corner in ((100, 100), (200, 100), (300, 100), (400, 100)):
        easel.click(corner)
    QTest.mouseClick(easel.studio.scale.use, _LEFT)
    assert "do not fix a plane" in easel.window.messages.text
    assert easel.board.calibration is None
