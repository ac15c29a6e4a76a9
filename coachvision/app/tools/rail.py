"""The tool rail left of the video: a tool a row, icon and word; below, undo, redo, pictures. For the studio."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from coachvision.app import icons as drawn
from coachvision.app import keymap
from coachvision.app.parts import area, named, plainly
from coachvision.app.theme import GAP, TIGHT, worn
from coachvision.app.tools import icons  # noqa: F401 - it adds the tools' icons
from coachvision.app.tools.hand import SCALE_LINE, SCALE_PLANE, TOOLS, Hand
from coachvision.words import tr

_WIDE, _NARROW = 150, 48
_ROW = 29
_ICON = 18
# Before these a gap: marks, measures, following and scale.
_GROUPS = ("line", "text", "angle", "stopwatch", "track")


class ToolRail(QWidget):
    """undo_wanted, redo_wanted, snapshot_wanted, kinogram_wanted: the buttons below the tools."""

    undo_wanted = Signal()
    redo_wanted = Signal()
    snapshot_wanted = Signal()
    kinogram_wanted = Signal()
    folded = Signal(bool)

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self._dressed = worn()
        area("rail", self)
        self.setAccessibleName(tr("Tools"))
        self._hand = hand
        self._words = True
        outer = QVBoxLayout(self)
        outer.setContentsMargins(TIGHT, TIGHT, TIGHT + 1, TIGHT)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self._below: list[str] = []
        self._group = QButtonGroup(self)
        for tool in TOOLS:
            if tool.id in _GROUPS:
                self._column.addSpacing(GAP)
            button = self._button(tool.id, tr(tool.title), tr(tool.hint))
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, name=tool.id: hand.take(name))
        acts = QGridLayout()
        acts.setSpacing(1)
        outer.addLayout(acts)
        self._acts = acts
        for name, title, signal, command in (
            ("undo", tr("Undo"), self.undo_wanted, "edit.undo"),
            ("redo", tr("Redo"), self.redo_wanted, "edit.redo"),
            ("snapshot", tr("Snapshot"), self.snapshot_wanted, "draw.snapshot"),
            ("kinogram", tr("Kinogram"), self.kinogram_wanted, ""),
        ):
            tip = keymap.hint(command) if command else tr("Several poses in one picture")
            self._act(name, title, tip).clicked.connect(signal)
        self._fold = self._act("words", tr("Hide words"), tr("Icons alone, or with words"))
        self._fold.clicked.connect(lambda: self.show_words(not self._words))
        self._column.addStretch(1)
        hand.changed.connect(self._show_tool)
        self.show_words(True)
        self._show_tool()

    def show_words(self, on: bool) -> None:
        """Icons with words, or alone where the video needs the room."""
        self._words = on
        self.setFixedWidth(_WIDE if on else _NARROW)
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if on else Qt.ToolButtonStyle.ToolButtonIconOnly
        for name, button in self.buttons.items():
            button.setToolButtonStyle(style if name not in self._below else Qt.ToolButtonStyle.ToolButtonIconOnly)
        # Beside one another where there is room, else one under the other.
        for place, name in enumerate(self._below):
            self._acts.addWidget(self.buttons[name], *((0, place) if on else (place, 0)))
        self._fold.setAccessibleName(tr("Hide words") if on else tr("Show words"))
        self.folded.emit(not on)

    def can(self, undo: str | None, redo: str | None) -> None:
        """What undo and redo would do, None for nothing."""
        for name, what, verb in (("undo", undo, tr("Undo")), ("redo", redo, tr("Redo"))):
            button = self.buttons[name]
            button.setEnabled(what is not None)
            button.setToolTip(keymap.hint(f"edit.{name}") if not what else plainly(f"{verb}: {what}"))

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: other icons."""
        if event.type() == QEvent.Type.StyleChange and self.buttons and self._dressed is not worn():
            self.dress()
        super().changeEvent(event)

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        theme = self._dressed = worn()
        for name, button in self.buttons.items():
            button.setIcon(drawn.icon(f"tool.{name}", theme.text, checked=theme.accent_text))

    def _act(self, name: str, title: str, tip: str) -> QToolButton:
        self._below.append(name)
        return self._button(name, title, tip)

    def _button(self, name: str, title: str, tip: str) -> QToolButton:
        button = named(QToolButton(), title)
        button.setObjectName("tool")
        button.setText(title)
        button.setToolTip(plainly(tip))
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFixedHeight(_ROW)
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        if name not in self._below:
            self._column.addWidget(button)
        self.buttons[name] = button
        return button

    def _show_tool(self) -> None:
        self.dress()
        tool = SCALE_LINE if self._hand.tool.startswith(SCALE_PLANE.split("_")[0]) else self._hand.tool
        self.buttons[tool].setChecked(True)
