"""The inline bar: what happened and what to do about it, without a dialog. For the window."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from coachvision.app.parts import area, button, label, safe
from coachvision.app.theme import GAP, WIDE
from coachvision.errors import CoachVisionError
from coachvision.words import retold, tr


class MessageBar(QWidget):
    """One message at a time; the newest wins. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("message", self)
        self.setAccessibleName(tr("Message"))
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self._text = label(wrap=True, rich=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._text, 1)
        self._act = button("")
        self._act.clicked.connect(self._acted)
        row.addWidget(self._act)
        close = button(tr("Dismiss"))
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self._action: Callable[[], object] | None = None
        self.hide()

    @property
    def text(self) -> str:
        """What it says, as plain text."""
        return self._text.text().replace("<b>", "").replace("</b>", "")

    def show_error(self, error: BaseException, retry: Callable[[], object] | None = None) -> None:
        """Tell of an error: an expected one in its own words; a bug with its report to copy."""
        if isinstance(error, CoachVisionError):
            title, message, hint = tr(error.title), retold(error.message), retold(error.hint)
            words = [f"<b>{safe(title)}.</b>", _sentence(safe(message)), safe(hint)]
            verb, action = (tr("Try again"), retry) if retry and error.retryable else ("", None)
            self._show("error", " ".join(part for part in words if part), verb, action)
            return
        report = "".join(traceback.format_exception(error))
        self._show(
            "error",
            f"<b>{tr('Something went wrong inside the program.')}</b>"
            f" {tr('This is a bug, not your doing; what was saved is safe.')}",
            tr("Copy report"),
            lambda: QGuiApplication.clipboard().setText(report),
        )

    def show_notice(self, text: str, verb: str = "", action: Callable[[], object] | None = None) -> None:
        """Tell of something that went well and can be undone, say."""
        self._show("notice", safe(text), verb, action)

    def leave(self) -> None:
        """Another screen is gone to: a notice that nothing can be done about was read, and would be about nothing."""
        if self.property("kind") == "notice" and self._action is None:
            self.hide()

    def _show(self, kind: str, text: str, verb: str, action: Callable[[], object] | None) -> None:
        self.setProperty("kind", kind)
        # A dynamic property is looked at when the style is put on.
        for widget in (self, *self.findChildren(QWidget)):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._text.setText(text)
        self._act.setText(verb)
        self._act.setVisible(bool(verb))
        self._action = action
        self.show()

    def _acted(self) -> None:
        action = self._action
        self.hide()
        if action is not None:
            action()


def _sentence(text: str) -> str:
    # Messages name a thing or tell a whole sentence; what follows must not run into them.
    return text if not text or text[-1] in ".!?" else f"{text}."
