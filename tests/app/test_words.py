"""The window in another language: tables and texts said by a catalogue, English where that says nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from coachvision import words
from coachvision.app import keymap
from coachvision.app.catalogue import texts
from coachvision.app.screens import SCREENS
from coachvision.words import tr
from tests.app.conftest import Open


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


def test_translation_that_misses_a_name_falls_back_to_english() -> None:
    speak(**{"{count} chosen": "{zahl} gewählt"})
    assert tr("{count} chosen", count=3) == "3 chosen"
    speak(**{"{count} chosen": "{count} gewählt"})
    assert tr("{count} chosen", count=3) == "3 gewählt"


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
