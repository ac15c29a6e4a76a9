"""A library in a temporary folder, a clock that the test moves, a fake video and a small result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coachvision.core.results import Result
from coachvision.library import Library
from coachvision.library.records import VideoRow
from tests.library.samples import FACTS, example_result


class SetClock:
    """Each look at it is a millisecond later, so that orders are defined."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def library(tmp_path: Path, clock: SetClock) -> Iterator[Library]:
    with Library.open(tmp_path / "library", clock) as opened:
        yield opened


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Squat Anna.MP4"
    path.write_bytes(bytes(range(256)) * 40)
    return path


@pytest.fixture
def video(library: Library, source: Path) -> VideoRow:
    return library.add_video(source, FACTS)


@pytest.fixture
def session(library: Library, video: VideoRow) -> str:
    return library.create_session(
        video, athlete="Änna Müller", title="Kniebeuge", tags=("technique",), warnings=("dark",)
    )


@pytest.fixture
def result() -> Result:
    return example_result()
