"""Names and words that come with a document are shown as they are written: HTML in them is no HTML of ours."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Guess
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import coachvision.app
from coachvision.app.parts import Elided, label, plainly
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions

# An address on another computer would be asked for with the coach's name and password of Windows.
HTML = '<img src="file:///secret.png"><b>Kim</b> & Co'
# Where a tooltip's words come from us alone, or were made plain.
OURS = ("tr", "plainly", "hint", "clock_text")


def html_shown(widget: QLabel) -> bool:
    return widget.textFormat() == Qt.TextFormat.RichText or (
        widget.textFormat() != Qt.TextFormat.PlainText and Guess.mightBeRichText(widget.text())
    )


def test_a_session_named_in_html_is_shown_with_its_name_as_written(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, tmp_path / "film.mp4")
        library.update_session(session, title=HTML, athlete=f"{HTML} 2")
    window = open_window()
    window.open_session(session)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    labels = [one for one in window.findChildren(QLabel) if "secret.png" in one.text() + one.toolTip()]
    assert [one.text() for one in labels if html_shown(one)] == []
    assert any(one.toolTip() == plainly(HTML) for one in labels)


def test_a_tooltip_shows_html_as_it_is_written(qtbot: QtBot) -> None:
    made = Elided()
    qtbot.addWidget(made)
    made.say(HTML)
    inner = made.findChild(QLabel)
    assert inner is not None
    # As a tooltip takes it: what looks like HTML is HTML.
    assert Guess.mightBeRichText(inner.toolTip())
    document = QTextDocument()
    document.setHtml(inner.toolTip())
    assert document.toPlainText() == HTML


@pytest.mark.parametrize("text", ["Kim & Jo", "a\nb", "", "3 > 2"])
def test_what_is_no_html_stays_as_it_is(text: str) -> None:
    assert plainly(text) == text


@pytest.mark.parametrize("text", [HTML, "&lt;b>", " <?xml version='1.0'?>", "<!DOCTYPE html>", "one\n<b>two"])
def test_no_label_takes_its_text_for_html_by_itself(qtbot: QtBot, text: str) -> None:
    made = label(text)
    qtbot.addWidget(made)
    assert not html_shown(made)


def test_every_label_and_tooltip_is_plain() -> None:
    """A new one that shows what somebody wrote goes through `label` or `plainly`."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(coachvision.app.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and not _plain(node)
    ]
    assert found == []


def _plain(call: ast.Call) -> bool:
    name = _name(call.func)
    if name == "QLabel":
        return not call.args or _safe(call.args[0])
    if name == "showText":
        return _safe(call.args[1])
    return name != "setToolTip" or _safe(call.args[0])


def _safe(text: ast.expr) -> bool:
    if isinstance(text, ast.IfExp):
        return _safe(text.body) and _safe(text.orelse)
    return isinstance(text, ast.Constant) or (isinstance(text, ast.Call) and _name(text.func) in OURS)


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
