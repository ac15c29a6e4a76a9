"""What went wrong is told in the bar, in words, with something to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from coachvision.app.messages import MessageBar
from coachvision.errors import LibraryError


def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


def test_error_says_what_happened_and_what_to_do(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.show_error(LibraryError("The disk is full", "12 MB are free", hint="Make room."))
    assert made.isVisible()
    assert made.text == "The disk is full. 12 MB are free. Make room."
    assert not made._act.isVisible()


def test_error_that_may_pass_can_be_tried_again(qtbot: QtBot) -> None:
    made, tried = bar(qtbot), []
    made.show_error(LibraryError("The drive is away", retryable=True), lambda: tried.append(1))
    qtbot.mouseClick(made._act, Qt.MouseButton.LeftButton)
    assert tried == [1]
    assert not made.isVisible()


def test_bug_has_its_report_to_copy(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.show_error(ZeroDivisionError("on purpose"))
    qtbot.mouseClick(made._act, Qt.MouseButton.LeftButton)
    assert "ZeroDivisionError: on purpose" in QGuiApplication.clipboard().text()


def test_name_of_a_file_is_never_taken_for_markup(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.show_notice("<img src=x>.mp4 is in the trash.")
    assert made._text.text().startswith("&lt;img")
