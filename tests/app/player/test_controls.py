"""The bar under the video can be seen in every theme."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractButton, QToolButton
from pytestqt.qtbot import QtBot

from coachvision.app.player.controls import Controls
from coachvision.app.player.where import Readout
from coachvision.core.time import Timeline
from tests.app.conftest import PATIENCE_MS


@pytest.mark.parametrize("colour", ["#f0f0f0", "#101010"])
def test_buttons_are_drawn_in_the_colour_of_the_theme(qtbot: QtBot, colour: str) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    palette = controls.palette()
    palette.setColor(QPalette.ColorRole.ButtonText, QColor(colour))
    controls.setPalette(palette)
    for button in controls.findChildren(QToolButton):
        if button.text():
            continue
        picture = button.icon().pixmap(20, 20).toImage()
        drawn = {
            picture.pixelColor(x, y).name()
            for x in range(20)
            for y in range(20)
            if picture.pixelColor(x, y).alpha() == 255
        }
        assert drawn == {colour}, button.accessibleName()


def test_in_a_narrow_window_the_time_stays_and_the_rest_of_it_gives_way(qtbot: QtBot) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    controls.set_open(Timeline(np.arange(100) * 40, Fraction(1, 1000)), sound=True)
    controls.show()
    readout = controls.findChild(Readout)
    whole = readout.sizeHint().width()
    # What is left beside tools and inspector in the smallest window.
    controls.resize(485, controls.height())
    qtbot.waitUntil(lambda: controls.width() <= 485, timeout=PATIENCE_MS)
    assert readout.minimumSizeHint().width() <= readout.width() < whole
    for button in controls.findChildren(QAbstractButton):
        if button.isVisible() and button is not readout:
            assert button.width() >= button.minimumSizeHint().width(), button.accessibleName()
