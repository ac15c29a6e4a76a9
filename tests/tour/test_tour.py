"""A coach's afternoon in a real window on a real video, ended by SIGKILL; the next morning everything is there.

The screenshots of every step are kept in the folder that COACHVISION_TOUR names, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.process import ROOT

_PATIENCE_S = 600.0


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen's display, in a process of its own."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


def _act(name: str, folder: Path, display: str, *more: str) -> subprocess.Popen[bytes]:
    places = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "COACHVISION_CONFIG": str(folder / "config")}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.tour.acts", name, str(folder), *more],
            cwd=ROOT,
            env={**os.environ, **places},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_nothing_of_an_afternoon_is_lost_when_the_laptop_dies(tmp_path: Path, screen: str, shared_data: Path) -> None:
    videos = [shared_data / "reps" / "air_squat_cuts.mp4", shared_data / "jump" / "landing_from_table_deep.mp4"]
    first = _act("first", tmp_path, screen, *map(str, videos))
    end = time.monotonic() + _PATIENCE_S
    try:
        while not (tmp_path / "told.json").exists():
            assert first.poll() is None, (tmp_path / "first.log").read_text("utf-8")
            assert time.monotonic() < end, (tmp_path / "first.log").read_text("utf-8")
            time.sleep(0.2)
        family = psutil.Process(first.pid).children(recursive=True)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive, "processes of the killed app live on"
    second = _act("second", tmp_path, screen)
    try:
        code = second.wait(_PATIENCE_S)
    finally:
        if second.poll() is None:
            os.killpg(second.pid, signal.SIGKILL)
            second.wait()
    assert code == 0, (tmp_path / "second.log").read_text("utf-8")
    if kept := os.environ.get("COACHVISION_TOUR"):
        for looks in ("looks", "looks-after"):
            shutil.copytree(tmp_path / looks, Path(kept) / looks, dirs_exist_ok=True)
