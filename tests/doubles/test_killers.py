"""The killers: every passing of a point is found, and a SIGKILL there leaves exactly what was done before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.clock import START, ManualClock
from tests.support.killers import Command, ForkedRuns, sample, tell
from tests.support.process import ServerProcess

POINTS = ["doubles.begun:1", "doubles.half:1", "doubles.half:2"]


def test_a_command_is_killed_at_each_point(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = Command(sys.executable, "-m", "tests.doubles.kill_child", str(out))
    assert command.points(tmp_path / "log") == POINTS
    for lines, point in enumerate(POINTS, 1):
        out.unlink()
        command.kill_at(point)
        assert len(out.read_text().splitlines()) == lines
    with pytest.raises(AssertionError, match="ended with 0"):
        command.kill_at("doubles.nowhere:1")


def test_forks_are_killed_at_each_point(tmp_path: Path) -> None:
    with ForkedRuns("tests.doubles.kill_child:work") as runs:
        points = runs.points(tmp_path / "log", path=str(tmp_path / "learn"))
        assert points == POINTS
        for lines, point in enumerate(points, 1):
            runs.kill_at(point, path=str(tmp_path / point))
            assert len((tmp_path / point).read_text().splitlines()) == lines
        assert runs.run(path=str(tmp_path / "absent" / "out")) == 1
    assert sample(points) == ["doubles.begun:1", "doubles.half:2"]
    assert "SIGKILL at 2 of 3 passings of 2 named points" in tell("doubles", sample(points), points)


def test_a_server_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="No module named"):
        ServerProcess.module("tests.doubles.absent")


def test_the_clock_moves_when_told() -> None:
    clock = ManualClock()
    clock.advance(90)
    clock.set_wrong(-86400)
    assert ((clock.now() - START).total_seconds(), clock.monotonic()) == (90 - 86400, 90)
    with pytest.raises(ValueError, match="set_wrong"):
        clock.advance(-1)
