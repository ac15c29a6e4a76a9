"""A joint dragged to where it belongs: angle, number and chart follow at once, are kept, and go back with undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS
from tests.app.tools.conftest import Easel, Opened

FRAME = 4
_CTRL = Qt.KeyboardModifier.ControlModifier


def knee(easel: Easel, side: str, frame: int = FRAME) -> float:
    """The angle the window knows."""
    opened = easel.window.session.opened
    assert opened is not None
    return next(float(s.values[frame]) for _, s in opened.session.series() if s.name == f"angle.{side}_knee")


def settled(easel: Easel) -> None:
    """Numbers computed, shown, and everything kept."""
    easel.qtbot.waitUntil(lambda: not easel.studio.numbers.busy, timeout=PATIENCE_MS)


def test_a_dragged_joint_changes_the_angles_at_once_is_kept_and_undone(easel: Easel, open_easel: Opened) -> None:
    easel.go(FRAME)
    start = easel.joint("right_knee")
    sides = [side for side in ("left", "right") if easel.joint(f"{side}_knee") == pytest.approx(start, abs=1)]
    before = {side: knee(easel, side) for side in sides}
    easel.drag(start, (start[0] + 18, start[1]), steps=6)
    (key,) = easel.board.corrections
    assert key[:3] == ("pose", "pose", 1)
    side = key[3].partition("_")[0]
    # The skeleton follows before anything is computed.
    assert easel.joint(key[3]) == pytest.approx((start[0] + 18, start[1]), abs=2)
    easel.qtbot.waitUntil(lambda: abs(knee(easel, side) - before[side]) > 8, timeout=PATIENCE_MS)
    settled(easel)
    after = knee(easel, side)
    easel.window.close()
    with Library.open(easel.window.actions_.library().root) as library:
        assert len(library.annotations.corrections(easel.session)) == 1
        assert library.result(easel.session, "pose").tracks[0].point(key[3])[FRAME] == pytest.approx(start, abs=0.5)

    again = open_easel()
    # Kept, or computed once more where the window was closed before.
    again.qtbot.waitUntil(lambda: abs(knee(again, side) - after) < 0.01, timeout=PATIENCE_MS)
    settled(again)
    again.window.session.inspector.tabs.setCurrentWidget(again.studio.page)
    QTest.mouseClick(again.studio.page._unmove, Qt.MouseButton.LeftButton)
    assert not again.board.corrections
    again.qtbot.waitUntil(lambda: abs(knee(again, side) - after) > 8, timeout=PATIENCE_MS)
    settled(again)
    again.key(Qt.Key.Key_Z, _CTRL)
    assert list(again.board.corrections) == [key]
    again.qtbot.waitUntil(lambda: abs(knee(again, side) - after) < 0.01, timeout=PATIENCE_MS)
    settled(again)


@pytest.mark.soak
def test_a_click_on_a_joint_moves_nothing(easel: Easel) -> None:
    easel.go(FRAME)
    easel.click(easel.joint("right_wrist"))
    assert not easel.board.corrections
    assert easel.board.undo.count() == 0
