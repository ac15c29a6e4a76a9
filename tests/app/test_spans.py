"""A long recording shows its active spans and asks which to keep; each that is kept is a session, analyzed alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision.app.window import Window
from coachvision.library import Library
from coachvision.services.spans import Span, keep_spans, long_recording
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.training import FPS, PARTS, write_training


def asked(open_window: Open, qtbot: QtBot, tmp_path: Path) -> Window:
    window = open_window(write_training(tmp_path / "training.mp4"))
    qtbot.waitUntil(lambda: bool(window.library.spans.boxes), timeout=PATIENCE_MS)
    window.go("library")
    return window


def test_spans_are_asked_for_and_those_kept_become_sessions(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window = asked(open_window, qtbot, tmp_path)
    panel = window.library.spans
    assert panel.isVisible()
    assert "is 5:30 long; something moves in 2 parts" in panel._title.text()
    assert not any(job.title.startswith("Analyzing") for job in window.tasks.shown)
    spans = panel.chosen()
    for span, (start, end) in zip(spans, PARTS, strict=True):
        # A margin of a second on either side, and the frame before the first change.
        assert span.start_s == pytest.approx(start, abs=2.0)
        assert span.end_s == pytest.approx(end, abs=2.0)
    panel.boxes[0].setChecked(False)
    assert panel.keep.text().startswith("Keep 1, 0:4")
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()

    def kept() -> bool:
        cards = {card.name: card.analyzed for card in window.library.model.cards}
        return len(cards) == 2 and sorted(cards.values()) == [False, True] and not window.tasks.shown

    qtbot.waitUntil(kept, timeout=PATIENCE_MS)
    card = next(card for card in window.library.model.cards if card.analyzed)
    assert card.name.startswith("training 3:1")
    # The analyzer counts the frames it was given: those of the span.
    assert int(card.numbers[0][1]) == pytest.approx((spans[1].end_s - spans[1].start_s) * FPS, abs=3)
    assert card.sheet is not None
    window.open_session(card.id)
    session = window.session
    first = round(spans[1].start_s * FPS)
    qtbot.waitUntil(lambda: session.player is not None and abs(session.player.index - first) <= 1, timeout=PATIENCE_MS)
    assert session.player is not None
    transport = session.player.transport
    assert transport is not None
    assert transport.first == session.player.index


def test_all_of_it_can_be_analyzed_and_nothing_at_all(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window = asked(open_window, qtbot, tmp_path)
    qtbot.mouseClick(window.library.spans.all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [card.analyzed for card in window.library.model.cards] == [True], timeout=PATIENCE_MS)
    assert window.library.model.cards[0].numbers[0][1] == "660"
    session = window.library.model.ids[0]
    with Library.open(tmp_path / "library") as library:
        assert long_recording(library, session, long_s=400.0) is None
        recording = long_recording(library, session)
        assert recording is not None
        [(kept, name)] = keep_spans(library, session, [Span(60.0, 90.0)])
        assert name == "training 1:00 to 1:30"
        # A part of a recording is no long recording of its own, and its preview takes no room of its own.
        assert long_recording(library, kept) is None
        whole, part = (library.folder(one) / "proxy" / "filmstrip.jpg" for one in (session, kept))
        assert whole.stat().st_ino == part.stat().st_ino
        assert library.check() == []
