"""No faster than the coach allows: how long each chunk waits, and that all connections share the one line."""

from __future__ import annotations

import pytest

from coachvision.sync.engine import Wishes
from coachvision.sync.halting import Halt, Throttle
from tests.support.clock import ManualClock
from tests.sync.conftest import Cloud
from tests.sync.laptop import Laptop


def test_a_line_is_shared_by_all_who_send_and_idle_time_is_not_saved_up() -> None:
    now = [100.0]
    throttle = Throttle(1000.0, lambda: now[0])
    # Nothing was sent before: the first chunk waits as long as it takes on the line, the next one behind it.
    assert [throttle.take(500), throttle.take(250)] == pytest.approx([0.5, 0.75])
    now[0] += 0.75
    assert throttle.take(250) == pytest.approx(0.25)
    # After an hour of silence a quarter of a second may go at once, not an hour's bytes.
    now[0] += 3600.0
    assert [throttle.take(250), throttle.take(500)] == pytest.approx([0.0, 0.5])


def test_without_a_bound_nothing_waits() -> None:
    assert Throttle(None, lambda: 0.0).take(1 << 40) == 0.0


def test_a_film_goes_no_faster_than_the_coach_allows(
    laptop: Laptop, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock stands still, so that what each chunk is told to wait is when its last byte may be on the line."""
    rate = 1_000_000
    waits: list[float] = []
    monkeypatch.setattr(Halt, "wait", lambda _halt, seconds: waits.append(seconds))
    laptop.clock = ManualClock(ManualClock.of_now())
    laptop.add_session(size=12 << 20)
    laptop.wishes = Wishes(limit_bytes_s=float(rate))
    summary = laptop.sync()
    assert summary.failed == []
    assert summary.uploaded_bytes > 12 << 20
    assert max(waits) == pytest.approx(summary.uploaded_bytes / rate)
