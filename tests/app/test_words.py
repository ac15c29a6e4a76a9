"""The window in another language: tables and texts said by a catalogue, English where that says nothing."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

import coachvision.app
from coachvision import settings, words
from coachvision.app import dates, keymap
from coachvision.app.catalogue import texts
from coachvision.app.compare.view import CompareView
from coachvision.app.messages import MessageBar
from coachvision.app.names import name_of
from coachvision.app.progress_view import ProgressView
from coachvision.app.screens import SCREENS
from coachvision.errors import VideoError
from coachvision.library import Library
from coachvision.services.export.words import metric_title, series_title
from coachvision.words import counted, tr
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    words.choose(words.ENGLISH)


def speak(**said: str) -> list[str]:
    folder = words.folders()[0]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "xx.json").write_text(json.dumps({key.replace("_", " "): text for key, text in said.items()}), "utf-8")
    return words.choose("xx")


def test_navigation_and_keys_are_said_in_the_catalogues_language(open_window: Open) -> None:
    assert speak(Library="Bücherei", Add_videos="Filme dazu", Full_screen="Ganzer Schirm") == []
    window = open_window()
    assert window.header.places["library"].text() == "Bücherei"
    assert window.header.add.text() == "Filme dazu"
    # What the catalogue does not say is said in English.
    assert window.header.places["settings"].text() == "Settings"
    assert ("F or F11", "Ganzer Schirm") in dict(keymap.sheet())[keymap.ANYWHERE]


def test_the_words_of_a_session_are_said_in_the_catalogues_language(open_window: Open) -> None:
    speak(Raw="Roh")
    from coachvision.app.chart import Chart

    window = open_window()
    chart = Chart(parent=window)
    assert chart.raw.text() == "Roh"


def test_qts_own_translation_is_never_asked() -> None:
    """`QObject.tr` finds no catalogue of ours: what it is given is English for ever."""
    asked = [
        f"{path.name}:{node.lineno}"
        for path in Path(coachvision.app.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "tr"
    ]
    assert asked == []


# What reads like a text, and is none that anybody is shown.
NO_WORDS = {
    ("keeping.py", "No such"),
    ("main.py", "CoachVision"),
    ("window.py", "CoachVision"),
    ("pictures.py", "CoachVision"),
    ("header.py", "ToolButtonTextUnderIcon"),
    ("header.py", "StrongFocus"),
    ("card_delegate.py", "job "),
    ("scale.py", " cm"),
    ("scale.py", " ft"),
    *((name, '<span style="color:') for name in ("chart.py", "overlaid.py", "numbers.py")),
}
# Tables whose texts the catalogue takes as they are, the catalogue, and a style sheet.
TABLES = {"keymap.py", "screens.py", "theme.py", "catalogue.py"}
# Two words in a row, a word that begins with a capital (after a sign, too), a count, what follows one with its unit.
READS = re.compile(
    r"[^\W\d_]{2,}[,.:…]? +[^\W\d_]|^[A-Z][a-z]+|[a-z]{2,} $|^[\d{} ]*[ }][a-z]{2,}|^\W+ [A-Z][a-z]+|^ [a-z]+ [a-z]{2,}"
)


def test_every_text_of_the_window_is_given_to_the_catalogue() -> None:
    missed = [
        (path.name, text)
        for path in sorted(Path(coachvision.app.__file__).parent.rglob("*.py"))
        if path.name not in TABLES
        for text in plain_texts(ast.parse(path.read_text("utf-8")))
        if READS.search(text) and (path.name, text) not in NO_WORDS
    ]
    assert missed == []


def plain_texts(tree: ast.Module) -> list[str]:
    """Every text of a module that is no docstring, no log line, and not given to the catalogue."""
    known: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            known |= {id(body[0].value)}
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("tr", "counted", "said", "TypeVar", "cast") or called.startswith(("_log.", "log.")):
                known |= {id(part) for part in ast.walk(node)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in strings if id(node) not in known]


def test_translation_that_misses_a_name_falls_back_to_english() -> None:
    speak(**{"{count} chosen": "{zahl} gewählt"})
    assert tr("{count} chosen", count=3) == "3 chosen"
    speak(**{"{count} chosen": "{count} gewählt"})
    assert tr("{count} chosen", count=3) == "3 gewählt"


def test_one_and_many_have_texts_of_their_own() -> None:
    speak(**{"1 joint moved by hand.": "1 Gelenk verschoben.", "{count} joints moved by hand.": "{count} Gelenke."})
    told = [counted(n, "1 joint moved by hand.", "{count} joints moved by hand.") for n in (1, 2)]
    assert told == ["1 Gelenk verschoben.", "2 Gelenke."]
    assert {"1 joint moved by hand.", "{count} joints moved by hand."} <= set(texts())


def test_what_is_shown_of_errors_that_are_states_is_in_the_catalogue() -> None:
    shown = {
        "The cloud is busy", "Try again a little later.", "The club's bucket does not accept its key",
        "Give it another, on the account screen or with `coachvision bucket`.",
    }  # fmt: skip
    assert shown <= set(texts())


def test_names_of_numbers_curves_and_months_are_told_in_the_catalogues_language() -> None:
    speak(
        **{
            "Left knee, most bent": "Linkes Knie, am stärksten gebeugt", "Repetitions": "Wiederholungen",
            "squat": "Kniebeuge", "Left knee flexion": "Beugung des linken Knies", "March": "März", "Mar": "Mär",
            "{day} {month}": "{day}. {month}",
        }
    )  # fmt: skip
    assert name_of(metric_title("angle.left_knee.max")) == "Linkes Knie, am stärksten gebeugt"
    assert name_of(metric_title("reps.count", "squat")) == "Wiederholungen (Kniebeuge)"
    assert name_of(metric_title("reps.count", "lunge")) == "Wiederholungen (lunge)"
    assert name_of(series_title("angle.left_knee")) == "Beugung des linken Knies"
    noon = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert dates.day(noon.isoformat(), date(2026, 4, 1)) == "2. März"
    assert dates.day(noon.isoformat(), date(2027, 4, 1)) == "2. März 2026"
    assert dates.short_day(noon) == "2. Mär"
    known = {"Right ankle, toes most down", "Knee flexion", "Trunk to the horizontal", "Left knee bend", "October"}
    assert known <= set(texts())


def test_numbers_have_their_names_on_every_screen(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    settings.save("import.proxy", False)
    with Library.open(tmp_path / "library") as library:
        ids = [sessions.keep(library, sessions.write_film(tmp_path / "film.mp4")) for _ in range(2)]
    speak(
        **{
            "Knee, most bent": "Knie am Anschlag", "Left knee, most bent": "Linkes Knie am Anschlag",
            "Knee flexion": "Kniebeugung", "degrees": "Grad", "Repetitions (squat)": "Kniebeugen",
        }
    )  # fmt: skip
    window = open_window()
    qtbot.waitUntil(lambda: len(window.library.model.cards) == 2, timeout=PATIENCE_MS)
    assert "Kniebeugen" in window.library.model.index(0, 0).data(int(Qt.ItemDataRole.AccessibleTextRole))
    window.open_session(ids[0])
    session = window.session
    qtbot.waitUntil(lambda: session.chart is not None and session.chart.isVisible(), timeout=PATIENCE_MS)
    chart = session.chart
    assert chart is not None
    assert chart.choice.findText("Kniebeugung") >= 0
    assert chart.plot.plot.getAxis("left").labelText == "Grad"
    shown = {label.text() for label in session.inspector.findChildren(QLabel)}
    assert {"Knie am Anschlag", "Kniebeugen"} <= shown
    window.compare(*ids)
    view = window.shown("compare")
    assert isinstance(view, CompareView)
    qtbot.waitUntil(lambda: view.numbers is not None and view.numbers.table.rowCount() > 0, timeout=PATIENCE_MS)
    assert view.numbers is not None
    cells = [view.numbers.table.item(row, 0) for row in range(view.numbers.table.rowCount())]
    assert "Linkes Knie am Anschlag" in {cell.text() for cell in cells if cell is not None}
    window.go("progress")
    progress = window.shown("progress")
    assert isinstance(progress, ProgressView)
    qtbot.waitUntil(lambda: progress.number.findText("Linkes Knie am Anschlag") >= 0, timeout=PATIENCE_MS)


def test_sentences_of_errors_that_name_a_file_are_told_in_the_catalogues_language(qtbot: QtBot) -> None:
    said = "“{1}” cannot be read: {2}."
    assert said in set(texts())
    speak(
        **{
            said: "Aus „{1}“ wird nichts ({2}).",
            "The filmstrip is damaged": "Der Filmstreifen ist kaputt",
            # One that names the same twice, and one that fits less closely.
            "{1} is not {1}.": "{1} ist nicht {1}.", "{1}.": "Irgendwas: {1}",
        }
    )  # fmt: skip
    assert words.retold("“a.json” cannot be read: [Errno 5] {1}.") == "Aus „a.json“ wird nichts ([Errno 5] {1})."
    assert words.retold("this is not this.") == "this ist nicht this."
    assert words.retold("this is not that.") == "Irgendwas: this is not that"
    assert words.retold("no full stop") == "no full stop"
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_error(VideoError("The filmstrip is damaged", "“a.json” cannot be read: no."))
    assert bar.text == "Der Filmstreifen ist kaputt. Aus „a.json“ wird nichts (no)."


def test_choices_of_settings_are_words_of_the_catalogue(open_window: Open, qtbot: QtBot) -> None:
    speak(**{"Dark": "Dunkel", "As the system": "Wie das System"})
    window = open_window()
    window.go("settings")
    view = window.shown("settings")

    def boxes() -> list[QComboBox]:
        return [box for box in view.findChildren(QComboBox) if box.findText("Dunkel") >= 0]

    qtbot.waitUntil(lambda: bool(boxes()), timeout=PATIENCE_MS)
    (theme,) = boxes()
    assert [theme.itemText(at) for at in range(theme.count())] == ["Dunkel", "Light", "Wie das System"]
    theme.setCurrentIndex(1)
    qtbot.waitUntil(lambda: settings.load().text("look.theme") == "light", timeout=PATIENCE_MS)


def test_errors_are_looked_up_wherever_they_are_shown() -> None:
    shown = re.compile(r"(error|trouble|told|_ran|\]\[1\])\.(title|message|hint)$")
    missed = []
    for path in sorted(Path(coachvision.app.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        known = {id(call.args[0]) for call in calls if ast.unparse(call.func) in ("tr", "retold") and call.args}
        parts = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in known]
        missed += [(path.name, told) for told in map(ast.unparse, parts) if shown.search(told)]
    # The keeper looks which error it is, and shows none.
    assert missed == [("keeping.py", "error.title")]


def test_keys_and_what_is_wrong_with_them_are_told_in_the_catalogues_language() -> None:
    speak(
        **{
            "or": "oder", "Middle button, drag": "Mittlere Taste, ziehen", "Play or pause": "Abspielen",
            "There is no command “{command}” for {keys}.": "Kein Befehl „{command}“ für {keys}.",
            "{title}: there is no key “{key}”.": "{title}: keine Taste „{key}“.",
        }
    )  # fmt: skip
    assert keymap.words("play.toggle") == "Space oder K"
    assert keymap.words("play.pan") == "Mittlere Taste, ziehen"
    assert {"or", "Middle button, drag"} <= set(texts())
    told = keymap.adopt({"nobody.knows": ("X",), "play.toggle": ("Nonsense",)})
    keymap.adopt({})
    title = tr(keymap.find("play.toggle").title)
    assert told == ["Kein Befehl „nobody.knows“ für X.", f"{title}: keine Taste „Nonsense“."]


def test_language_that_is_none_or_damaged_is_told() -> None:
    assert words.choose("yy") == ["There is no catalogue for the language 'yy'; English is used."]
    folder = words.folders()[0]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "zz.json").write_text("[1, 2", "utf-8")
    assert "cannot be read" in words.choose("zz")[0]
    assert tr("Library") == "Library"


def test_catalogue_has_every_table_and_every_text_given_to_tr() -> None:
    found = texts()
    assert {place.title for place in SCREENS} <= set(found)
    assert {"Add videos", "Choose videos …", "Full screen", "Lengths"} <= set(found)
    assert found == sorted(set(found))
