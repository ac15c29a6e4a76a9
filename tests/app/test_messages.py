"""What went wrong is told in the bar, in words, with something to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from coachvision.app.messages import MessageBar
from coachvision.errors import LibraryError
from tests.app.conftest import Open


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


def test_a_notice_is_put_away_with_its_screen_but_not_what_waits_for_an_answer(qtbot: QtBot) -> None:
    made = bar(qtbot)
    made.show_notice("film.mp4 is written.")
    made.leave()
    assert not made.isVisible()
    made.show_notice("film.mp4 is in the trash.", "Undo", lambda: None)
    made.leave()
    assert made.isVisible()
    made.show_error(LibraryError("The disk is full"))
    made.leave()
    assert made.isVisible()


def test_what_was_said_on_one_screen_is_not_said_on_the_next(open_window: Open) -> None:
    window = open_window()
    window.messages.show_notice("film.mp4 is written.")
    window.go("settings")
    assert not window.messages.isVisible()
