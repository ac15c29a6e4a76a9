"""The base: errors cross processes whole, events reach who asked, places can be moved, times sort as text."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from coachvision import paths
from coachvision.checkpoints import checkpoint
from coachvision.clock import SystemClock, iso
from coachvision.errors import CoachVisionError, LibraryError, PluginError, UsageError, VideoError, from_data
from coachvision.events import Bus, SessionDeleted, SessionSaved

REPOSITORY = Path(__file__).parents[2]


class TestErrors:
    @pytest.mark.parametrize("kind", [CoachVisionError, VideoError, PluginError, LibraryError, UsageError])
    def test_they_cross_processes_whole(self, kind: type[CoachVisionError]):
        error = kind("title", "message", hint="hint", path="a/b.mp4", retryable=True)
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert type(copy) is kind
        assert vars(copy) == vars(error)
        assert copy.path == Path("a/b.mp4")

    @pytest.mark.parametrize("kind", [CoachVisionError, VideoError, PluginError, LibraryError, UsageError])
    def test_they_cross_processes_as_data_alone(self, kind: type[CoachVisionError]):
        error = kind("title", "message", hint="hint", path="a/b.mp4", retryable=True)
        copy = from_data(json.loads(json.dumps(error.as_data())))
        assert type(copy) is kind
        assert vars(copy) == vars(error)
        assert from_data(kind("title").as_data()).path is None

    def test_a_child_cannot_have_its_parent_make_what_is_no_error_of_ours(self):
        told = CoachVisionError("title").as_data() | {"kind": "Path"}
        assert type(from_data(told)) is CoachVisionError

    def test_they_read_as_a_sentence(self):
        assert str(CoachVisionError("No video", "clip.mp4 is empty")) == "No video: clip.mp4 is empty"
        assert str(CoachVisionError("No video")) == "No video"


class TestBus:
    def test_who_asked_is_told_in_order_until_they_leave(self):
        bus, heard = Bus(), []
        leave = bus.subscribe(SessionSaved, lambda event: heard.append(("first", event.session_id)))
        bus.subscribe(SessionSaved, lambda event: heard.append(("second", event.session_id)))
        bus.subscribe(SessionDeleted, lambda _: heard.append(("deleted", "")))
        bus.publish(SessionSaved("a"))
        leave()
        bus.publish(SessionSaved("b"))
        assert heard == [("first", "a"), ("second", "a"), ("second", "b")]

    def test_leaving_while_being_told_spares_the_others(self):
        bus, heard = Bus(), []

        def once(_: SessionSaved) -> None:
            heard.append("once")
            leave()

        leave = bus.subscribe(SessionSaved, once)
        bus.subscribe(SessionSaved, lambda _: heard.append("always"))
        bus.publish(SessionSaved("a"))
        bus.publish(SessionSaved("a"))
        assert heard == ["once", "always", "always"]


class TestPaths:
    @pytest.mark.parametrize(
        ("variable", "place"),
        [
            ("COACHVISION_LIBRARY", paths.library_dir),
            ("COACHVISION_PLUGINS", paths.plugin_dir),
            ("COACHVISION_CONFIG", paths.config_dir),
        ],
    )
    def test_a_variable_moves_a_place(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, place):
        monkeypatch.setenv(variable, str(tmp_path / "moved"))
        assert place() == tmp_path / "moved"
        monkeypatch.delenv(variable)
        assert "CoachVision" in str(place())
        assert place().is_absolute()
        monkeypatch.setenv(variable, "")
        assert "CoachVision" in str(place())

    def test_asking_creates_nothing(self):
        assert not paths.library_dir().exists()
        assert paths.log_dir().is_absolute()


class TestClock:
    def test_times_are_utc_with_milliseconds_and_sort_as_text(self):
        moment = datetime(2026, 1, 31, 12, 0, 0, 7_999, tzinfo=UTC)
        assert iso(moment) == "2026-01-31T12:00:00.007Z"
        assert iso(moment.astimezone(timezone(timedelta(hours=-5)))) == iso(moment)
        assert iso(moment) < iso(moment + timedelta(milliseconds=1)) < iso(moment + timedelta(days=1))

    def test_the_systems_clock_knows_its_zone_and_never_goes_back(self):
        clock = SystemClock()
        assert clock.now().tzinfo is UTC
        assert clock.monotonic() <= clock.monotonic()


class TestCheckpoints:
    SCRIPT = "from coachvision.checkpoints import checkpoint as c; c('a'); c('b'); c('b'); print('end')"

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", self.SCRIPT],
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )

    def test_nothing_happens_unless_it_is_asked_for(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.delenv("COACHVISION_KILL_AT", raising=False)
        checkpoint("any")
        assert self.run(COACHVISION_KILL_AT="never").stdout == "end\n"

    def test_the_process_dies_at_the_point_named(self, tmp_path: Path):
        log = tmp_path / "log"
        done = self.run(COACHVISION_KILL_AT="b:2", COACHVISION_CHECKPOINT_LOG=str(log))
        assert (done.returncode, done.stdout) == (-9, "")
        assert log.read_text().splitlines() == ["a", "b", "b"]
        assert self.run(COACHVISION_KILL_AT="a").returncode == -9
