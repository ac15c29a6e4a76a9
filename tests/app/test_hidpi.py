"""On a screen of two device pixels a pixel video, skeleton, filmstrip, cards, icons are as sharp as the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.process import ROOT

_PATIENCE_S = 300


@pytest.mark.timeout(2 * _PATIENCE_S)
def test_what_is_seen_is_as_sharp_as_the_screen(tmp_path: Path) -> None:
    places = {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen", "COACHVISION_CONFIG": str(tmp_path / "config")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.app.hidpi_child", str(tmp_path)],
        cwd=ROOT, env={**os.environ, **places}, capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("ratio") == 2
    dark, dark_too, bright, bright_too = told.pop("card_halves")
    assert max(dark, dark_too) < 30
    assert min(bright, bright_too) > 225
    blurred = {what: sharp for what, sharp in told.items() if sharp < 0.6}
    assert not blurred
