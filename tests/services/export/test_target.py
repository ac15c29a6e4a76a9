"""Where an export may be written: a file, new or old, and nothing else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coachvision.errors import CoachVisionError
from coachvision.services.export.target import replacing


def test_a_pipe_or_device_is_refused_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(CoachVisionError, match=r"pipe\.csv is a device or pipe"), replacing(pipe) as part:
        part.write_text("time_s\n")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_old_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "old.csv"
    target.write_text("old")

    def break_off() -> None:
        with replacing(target) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert target.read_text() == "old"
    with replacing(target) as part:
        part.write_text("new")
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]
