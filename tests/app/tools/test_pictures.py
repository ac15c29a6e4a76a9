"""One key, and the picture is in the coach's folder, with what was drawn a moment ago."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from coachvision.app.tools.pictures import free_name
from tests.app.conftest import PATIENCE_MS
from tests.app.tools.conftest import Easel


def test_a_snapshot_and_a_kinogram_are_in_the_folder_of_pictures(easel: Easel, tmp_path: Path) -> None:
    easel.studio.hand.wear(colour="#ff5a4e", width=6.0)
    easel.studio.hand.take("rectangle")
    easel.drag((60, 60), (300, 200))
    folder = tmp_path / "pictures"
    easel.key(Qt.Key.Key_C)
    easel.qtbot.waitUntil(lambda: "Snapshot saved" in easel.window.messages.text, timeout=PATIENCE_MS)
    (snapshot,) = folder.iterdir()
    assert snapshot.name == "Squats 0-00.000.png"
    image = cv2.imread(str(snapshot)).astype(np.int16)
    assert int(((image[..., 2] > 200) & (image[..., 1] < 120)).sum()) > 500
    QTest.mouseClick(easel.studio.rail.buttons["kinogram"], Qt.MouseButton.LeftButton)
    easel.qtbot.waitUntil(lambda: "Kinogram saved" in easel.window.messages.text, timeout=PATIENCE_MS)
    assert sorted(path.name for path in folder.iterdir()) == ["Squats 0-00.000.png", "Squats kinogram.png"]


def test_names_are_free_and_fit_every_file_system(tmp_path: Path) -> None:
    (tmp_path / "ab c.png").touch()
    assert free_name(tmp_path, 'a/b: "c"').name == "ab c (2).png"
    assert free_name(tmp_path, "...").name == "CoachVision.png"
