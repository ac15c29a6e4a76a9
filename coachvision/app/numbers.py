"""The inspector's page of key numbers: left beside right, and what is good to know. For the inspector alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from coachvision.app.names import name_of
from coachvision.app.parts import label, plainly, safe
from coachvision.app.theme import WIDE, worn
from coachvision.words import retold, tr

if TYPE_CHECKING:
    from coachvision.app.actions import Opened
    from coachvision.services.export.numbers import Card


def numbers_page(opened: Opened) -> QWidget:
    """The session's key numbers, one under the other, left beside right; then its warnings."""
    from coachvision.services.conventions import UNCERTAINTY

    body = QWidget()
    body.setObjectName("body")
    column = QVBoxLayout(body)
    column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    column.setSpacing(WIDE)
    for card in opened.numbers:
        column.addWidget(_card(card))
    if opened.numbers:
        column.addWidget(_words(tr(UNCERTAINTY)))
        if any(figure.seldom for card in opened.numbers for figure in card.figures):
            column.addWidget(_words(tr("Grey: that side was seen surely less than half of the time.")))
    elif opened.session.runs:
        column.addWidget(_words(tr("Nothing was measured: no athlete was found in this video.")))
    warnings = (*opened.session.warnings, *(w for run in opened.session.runs for w in run.result.warnings))
    if warnings:
        column.addWidget(label(tr("Good to know"), "section"))
    for text in dict.fromkeys(warnings):
        column.addWidget(_words(text))
    column.addStretch(1)
    return body


def _card(card: Card) -> QWidget:
    theme = worn()
    frame = QWidget()
    grid = QGridLayout(frame)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(WIDE)
    grid.setVerticalSpacing(2)
    name = name_of(card.title)
    title = label(name, "section", wrap=True)
    title.setToolTip(plainly(card.method))
    grid.addWidget(title, 0, 0, 1, 2)
    for at, figure in enumerate(card.figures):
        value = label(f"{figure.value}{figure.unit}", "unsure" if figure.seldom else "figure")
        value.setAccessibleName(f"{name} {figure.side} {figure.value}{figure.unit} {figure.spread}".strip())
        grid.addWidget(value, 1, at)
        side = {"left": (f"━ {tr('Left')}", theme.left), "right": (f"╍ {tr('Right')}", theme.right)}.get(figure.side)
        told = retold(figure.seldom or figure.spread)
        words = f'<span style="color:{side[1]}">{side[0]}</span>&nbsp; {safe(told)}' if side else told
        grid.addWidget(label(words, "muted", wrap=True, rich=bool(side)), 2, at, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return frame


def _words(text: str) -> QLabel:
    return label(text, "muted", wrap=True)
