"""Everything that is written can be read, in both themes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from coachvision.app import look, theme
from coachvision.app.theme import DARK, LIGHT, PAIRS, Theme, contrast
from tests.support.process import ROOT

# WCAG 2.2, success criterion 1.4.3 (AA), text of normal size.
AA = 4.5


def test_contrast_is_that_of_wcag() -> None:
    # The two ends of the scale, and the grey that the standard's own notes put just over 4.5 on white.
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("worn", [DARK, LIGHT], ids=lambda worn: str(worn.name))
@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_every_text_stands_out_from_its_background(worn: Theme, text: str, background: str) -> None:
    assert contrast(getattr(worn, text), getattr(worn, background)) >= AA


def test_every_colour_of_text_in_the_sheet_is_among_the_pairs() -> None:
    named = set(re.findall(r"(?<![-\w])color: \$(\w+)", theme._SHEET.template))
    assert named
    assert named <= {text for text, _ in PAIRS}


# Widgets that nothing refers to any more but themselves, and some that make so many objects, as the theme changes, that
# Python looks for such garbage.
LITTERED = """
import gc
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPushButton, QWidget
from coachvision.app import theme
from coachvision.app.main import make_application

class Busy(QWidget):
    def changeEvent(self, event):
        if event.type() == QEvent.Type.StyleChange:
            made = [[number] for number in range(3000)]

application = make_application()
theme.wear(application, theme.DARK)
busy = [Busy() for _ in range(30)]
for one in busy:
    one.show()
application.processEvents()
for number in range(10):
    held = [QWidget() for _ in range(300)]
    for gone in held:
        gone.part, gone.itself = QPushButton("gone", gone), gone
        gone.ensurePolished()
    # Of an age that is not looked at with the next object, but with some thousand more.
    gc.collect(0)
    del gone, held
    theme.wear(application, (theme.LIGHT, theme.DARK)[number % 2])
    assert gc.isenabled()
    gc.collect()
print("worn")
"""


def test_no_widget_is_collected_while_another_theme_is_put_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LITTERED],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "worn\n"), done.stderr


def test_no_type_is_smaller_than_13_px() -> None:
    for worn in (DARK, LIGHT):
        sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", theme.sheet(worn))]
        assert sizes
        assert min(sizes) >= 13


def test_who_chose_the_desktops_theme_wears_what_the_desktop_changes_to(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = Qt.ColorScheme.Dark
    desktop = SimpleNamespace(styleHints=lambda: SimpleNamespace(colorScheme=lambda: scheme))
    # Without a screen there is no desktop to ask.
    monkeypatch.setattr(theme, "QGuiApplication", desktop)
    look.wear_last(qapp)
    look.wear("system")
    worn = [theme.worn()]
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        worn.append(theme.worn())
    # Who chose one keeps it, whatever the desktop does.
    look.wear("light")
    qapp.styleHints().colorSchemeChanged.emit(scheme)
    assert [*worn, theme.worn()] == [theme.DARK, theme.LIGHT, theme.DARK, theme.LIGHT]
