"""Colours, type and rhythm of the window, dark and light, in one place. For `app` alone.

Every pair of text and background that the style sheet uses is in `PAIRS`; a test computes their contrast.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from string import Template

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

# Qt's own option for the style the sheet below is made for. `setStyle` would give a QStyle back, and for that alone
# PySide makes all enums of a style: a tenth of an empty window's start.
STYLE = ("-style", "Fusion")
FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Noto Sans", "Liberation Sans", "DejaVu Sans"]
# The rhythm, px.
TIGHT, GAP, WIDE = 4, 8, 16
# Type sizes, px.
SMALL, TEXT, TITLE, FIGURE = 13, 14, 17, 24


@dataclass(frozen=True)
class Theme:
    """Colours by use. stage: around the video. left, right: the body's sides, told apart by line style as well."""

    name: str
    window: str
    surface: str
    raised: str
    stage: str
    line: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_text: str
    danger: str
    on_danger: str
    left: str
    right: str


DARK = Theme(
    name="dark", window="#121416", surface="#191c1f", raised="#24282d", stage="#08090a", line="#2c3137", text="#e9ebed",
    muted="#a2a9b1", accent="#43d18f", accent_hover="#5fdca3", on_accent="#06231a", accent_text="#5bd79d",
    danger="#42201f", on_danger="#ffc9c2", left="#4cb3ff", right="#ffa14a",
)  # fmt: skip
LIGHT = Theme(
    name="light", window="#f4f5f6", surface="#ffffff", raised="#e7eaec", stage="#16181a", line="#d3d7db",
    text="#15181b", muted="#535b63", accent="#0b7a4c", accent_hover="#0a6a42", on_accent="#ffffff",
    accent_text="#0a6f45", danger="#fbe3e0", on_danger="#7c1710", left="#0b66b0", right="#a34a00",
)  # fmt: skip
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}

# (text, background) as the sheet below and the painted widgets put them together.
PAIRS: tuple[tuple[str, str], ...] = (
    ("text", "window"), ("text", "surface"), ("text", "raised"),
    ("muted", "window"), ("muted", "surface"), ("muted", "raised"),
    ("on_accent", "accent"), ("on_accent", "accent_hover"), ("accent_text", "window"), ("accent_text", "surface"),
    ("accent_text", "raised"), ("on_danger", "danger"), ("left", "surface"), ("right", "surface"),
)  # fmt: skip

_SHEET = Template("""
* { font-size: ${small}px; color: $text; outline: 0; }
QMainWindow, QWidget#window, QWidget#page { background: $window; }
QWidget#surface, QFrame#surface { background: $surface; }
QWidget#header { background: $surface; border: 0; border-bottom: 1px solid $line; }
QWidget#inspector { background: $surface; border: 0; border-left: 1px solid $line; }
QWidget#activity { background: $surface; border: 0; border-top: 1px solid $line; }
QWidget#panel { background: $surface; border: 1px solid $line; border-radius: 8px; }
QWidget#selection { background: $raised; border: 0; border-top: 1px solid $line; }
QWidget#selection QPushButton, QWidget#selection QComboBox { background: $surface; }
QWidget#message { background: $danger; border: 0; }
QWidget#message QLabel { color: $on_danger; background: transparent; }
QWidget#message QPushButton { color: $on_danger; background: transparent; border: 1px solid $on_danger; }
QWidget#message[kind="notice"] { background: $raised; }
QWidget#message[kind="notice"] QLabel { color: $text; }
QWidget#message[kind="notice"] QPushButton { color: $text; border: 1px solid $muted; }
QLabel { background: transparent; }
QLabel#title { font-size: ${title}px; font-weight: 600; }
QLabel#heading { font-size: ${figure}px; font-weight: 600; }
QLabel#figure { font-size: ${figure}px; font-weight: 600; }
QLabel#unsure { font-size: ${figure}px; font-weight: 600; color: $muted; }
QLabel#muted { color: $muted; }
QLabel#section { color: $muted; font-weight: 600; }
QPushButton, QToolButton { background: $raised; border: 1px solid transparent; border-radius: 6px; padding: 7px 12px; }
QPushButton:hover, QToolButton:hover { border-color: $muted; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: transparent; }
QPushButton:disabled { border-color: $line; }
QPushButton:checked { border-color: $accent; color: $accent_text; }
QPushButton#accent { background: $accent; color: $on_accent; font-weight: 600; }
QPushButton#accent:hover { background: $accent_hover; }
QPushButton#accent:disabled { background: $raised; color: $muted; }
QPushButton#accent:focus { border-color: $text; }
QPushButton#danger { background: $danger; color: $on_danger; }
QPushButton#quiet, QToolButton#quiet { background: transparent; }
QPushButton#quiet:disabled { border-color: transparent; }
QPushButton#quiet:hover, QToolButton#quiet:hover { background: $raised; border-color: transparent; }
QPushButton#quiet:focus, QToolButton#quiet:focus { border-color: $accent; }
QToolButton#place { background: transparent; color: $muted; padding: 4px 8px; border-radius: 6px; }
QToolButton#place:hover { background: $raised; color: $text; border-color: transparent; }
QToolButton#place:checked { color: $accent_text; background: $raised; }
QToolButton#place:focus { border-color: $accent; }
QPushButton#tagger { background: $raised; padding: 5px 10px; }
QPushButton#tagger[waiting="true"] { border-color: $accent; color: $accent_text; }
QPushButton#arrow { background: $surface; border: 0; border-radius: 0; padding: 0; font-size: ${title}px; }
QPushButton#arrow:hover { background: $raised; }
QPushButton#word { background: transparent; border-color: $line; padding: 4px 8px; border-radius: 12px; }
QPushButton#word:checked { background: $accent; color: $on_accent; }
QToolButton#swatch { background: transparent; padding: 3px; border: 2px solid transparent; }
QToolButton#swatch:checked { border-color: $text; }
QLabel#danger { color: $on_danger; background: $danger; padding: 8px; border-radius: 6px; }
QWidget#rail { background: $surface; border: 0; border-right: 1px solid $line; }
QWidget#rail QScrollArea QWidget { background: transparent; }
QToolButton#tool { background: transparent; color: $text; border-radius: 6px; padding: 3px 6px; text-align: left; }
QToolButton#tool:hover { background: $raised; border-color: transparent; }
QToolButton#tool:checked { background: $raised; color: $accent_text; font-weight: 600; }
QToolButton#tool:focus { border-color: $accent; }
QToolButton#tool:disabled { color: $muted; }
QWidget#strip { background: $surface; border: 0; border-bottom: 1px solid $line; }
QSlider::groove:horizontal { background: $raised; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; }
QSlider:focus { border: 1px solid $accent; border-radius: 4px; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox {
    background: $raised; border: 1px solid transparent; border-radius: 6px; padding: 6px 10px;
    selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $muted;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
    border-color: $accent;
}
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: none; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit { background: transparent; border: 0; padding: 0 8px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
    width: 0; border: 0;
}
QSlider:horizontal { min-height: 24px; }
QSlider::groove:horizontal { background: $raised; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $text; width: 18px; height: 18px; margin: -7px 0; border-radius: 9px; border: 0;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QPushButton#record { background: $accent; color: $on_accent; font-weight: 600; }
QPushButton#record:hover { background: $accent_hover; }
QPushButton#record:focus { border-color: $text; }
QPushButton#record:disabled { background: $raised; color: $muted; }
QPushButton#record[recording="true"] { background: $danger; color: $on_danger; border-color: $on_danger; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; selection-background-color: $accent;
    selection-color: $on_accent; }
QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 2px solid $muted; border-radius: 4px; background: $raised; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QCheckBox:focus { color: $accent_text; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $muted; padding: 10px 12px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }
QTabWidget::pane { border: 0; border-top: 1px solid $line; }
QListView, QListWidget, QScrollArea, QScrollArea > QWidget > QWidget#body { background: transparent; border: 0; }
QTableWidget { background: transparent; border: 0; }
QTableWidget::item { padding: 6px 8px; border: 0; border-bottom: 1px solid $line; }
QHeaderView, QHeaderView::section { background: $surface; color: $muted; border: 0; font-weight: 600; }
QHeaderView::section { padding: 6px 8px; border-bottom: 1px solid $line; }
QListWidget::item { padding: 8px 16px; border-bottom: 1px solid $line; }
QListWidget::item:hover, QListWidget::item:selected { background: $raised; color: $text; }
QProgressBar { background: $raised; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $raised; border-radius: 4px; min-height: 32px; margin: 1px; }
QScrollBar::handle:vertical:hover, QScrollBar#more::handle:vertical { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { height: 0; background: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
""")


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance of sRGB)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def chosen(name: str) -> Theme:
    """The theme of that name; `system`: what the desktop wears."""
    if name == "system":
        from PySide6.QtCore import Qt

        light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK
    return THEMES.get(name, DARK)


def wear(application: QApplication, theme: Theme) -> None:
    """Dress the whole application."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(SMALL)
    # Numbers that change must not make the line wobble.
    font.setFeature(QFont.Tag("tnum"), 1)
    with _nothing_vanishes():
        application.setFont(font)
        application.setPalette(_palette(theme))
        # Before the sheet: widgets that paint themselves look at it when the sheet is put on.
        application.setProperty("theme", theme.name)
        application.setStyleSheet(sheet(theme))


@contextmanager
def _nothing_vanishes() -> Iterator[None]:
    """Qt goes through a list of all widgets: one that Python's collector takes away meanwhile ends the program."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def worn() -> Theme:
    """The theme the application wears."""
    application = QApplication.instance()
    return THEMES.get(str(application.property("theme")) if application is not None else "", DARK)


def sheet(theme: Theme) -> str:
    """The style sheet."""
    colours = {field.name: getattr(theme, field.name) for field in fields(theme)}
    return _SHEET.substitute(colours, small=SMALL, text_size=TEXT, title=TITLE, figure=FIGURE)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window, QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface, QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Text: theme.text, QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.raised, QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent, QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.raised, QPalette.ColorRole.ToolTipText: theme.text,
    }  # fmt: skip
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    return palette
