"""The program run as a coach would, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coachvision.cli.main import app
from coachvision.library import Library
from tests.support import sessions
from tests.support.plugins import write_frame_plugin

Run = Callable[..., Result]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def run(library: Path) -> Run:
    """Run a command on the test's library; what it raises comes through."""

    def call(*args: object) -> Result:
        command = ["--library", str(library), *map(str, args)]
        return CliRunner().invoke(app, command, prog_name="coachvision", catch_exceptions=False)

    return call


@pytest.fixture
def kept(library: Path, tmp_path: Path) -> str:
    """A session in the library."""
    with Library.open(library) as opened:
        return sessions.keep(opened, tmp_path / "squat.mp4")


@pytest.fixture
def counter(tmp_path: Path) -> str:
    """A quick analyzer, so that these tests need no network of neurons: it counts frames."""
    (tmp_path / "plugins").mkdir(exist_ok=True)
    write_frame_plugin(tmp_path / "plugins", "one")
    return "one"
