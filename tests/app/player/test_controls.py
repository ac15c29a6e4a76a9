"""The bar under the video can be seen in every theme."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from coachvision.app.player.controls import Controls


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
