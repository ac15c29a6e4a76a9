"""A new plugin works as written: its tests pass, it installs, runs, and builds into a wheel that is found."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from coachvision.errors import PluginError, UsageError
from coachvision.plugins.discovery import discover
from coachvision.plugins.host import load
from coachvision.plugins.install import install
from coachvision.plugins.manifest import parse_manifest, read_manifest
from coachvision.plugins.scaffold import new
from coachvision.plugins.testing import make_frames, make_pose, make_video, run_analyzer

REPOSITORY = Path(__file__).parents[2]
Kind = Literal["frame", "series"]
KINDS: tuple[Kind, ...] = ("frame", "series")


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # Other pytest plugins of this environment are none of the skeleton's business, and slow to start.
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **quiet}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("kind", KINDS)
def test_its_tests_pass_as_written(tmp_path: Path, kind: Kind):
    folder = new("my-metric", tmp_path, kind)
    assert folder == tmp_path / "my-metric"
    done = python("-m", "pytest", "-p", "no:cacheprovider", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_its_tests_can_fail(tmp_path: Path, kind: Kind):
    folder = new("my-metric", tmp_path, kind)
    analyzer = folder / "my_metric" / "analyzer.py"
    text = analyzer.read_text()
    old, wrong = {"frame": ("/ 255 * 100", "/ 256 * 100"), "series": ("left - right", "left + right")}[kind]
    assert old in text
    analyzer.write_text(text.replace(old, wrong))
    assert python("-m", "pytest", "-p", "no:cacheprovider", "-q", folder=folder).returncode == 1


@pytest.mark.parametrize("kind", KINDS)
def test_it_installs_and_runs(tmp_path: Path, kind: Kind):
    done = install(new("my-metric", tmp_path / "new", kind))
    assert done.broken is None
    assert done.manifest is not None
    assert done.manifest.title == "My metric"
    video = make_video(5, 160, 120)
    rising = np.linspace(0, 200, 5).astype(np.uint8)
    frames = make_frames(np.broadcast_to(rising[:, None, None], (5, 120, 160)), video)
    pose = make_pose({"left_ankle": np.array([10, 0]), "right_ankle": np.array([40, 0])}, video)
    result = run_analyzer(load(done), done.manifest, video, frames=frames, results={"pose": pose})
    # Brightness rises by 50 of 255 at each step; ankles are 30 px apart.
    assert result.metrics[0].value == pytest.approx({"frame": 50 / 255 * 100, "series": 30.0}[kind])


def test_it_builds_into_a_wheel_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = new("my-metric", tmp_path)
    done = python("-m", "hatchling", "build", "-t", "wheel", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    monkeypatch.syspath_prepend(site)
    (found,) = (one for one in discover() if one.name == "my-metric")
    assert (found.source, found.broken, found.path) == ("package", None, site / "my_metric")


def test_versions_of_manifest_and_project_agree(tmp_path: Path):
    folder = new("my-metric", tmp_path)
    manifest = read_manifest(folder / "my_metric" / "coachvision.toml")
    assert f'version = "{manifest.version}"' in (folder / "pyproject.toml").read_text()
    assert parse_manifest((folder / "my_metric" / "coachvision.toml").read_text(), "x") == manifest


@pytest.mark.parametrize("name", ["a", "speed", "two_words", "a-b-c-1", "x" * 40])
def test_any_id_gives_python_that_compiles(tmp_path: Path, name: str):
    for kind in KINDS:
        folder = new(name, tmp_path / kind, kind)
        sources = list(folder.rglob("*.py"))
        assert len(sources) == 3
        for path in sources:
            compile(path.read_text(), str(path), "exec")
        assert "$" not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("My Metric!", "my-metric"),
        ("", "my-metric"),
        ("../evil", "evil"),
        ("3d", "d"),
        ("json", "my-json"),
        ("class", "my-class"),
        ("numpy", "my-numpy"),
        ("coachvision", "my-coachvision"),
        ("nul", "my-metric"),
    ],
)
def test_a_name_that_cannot_be_one(tmp_path: Path, name: str, hint: str):
    with pytest.raises(UsageError) as caught:
        new(name, tmp_path)
    assert caught.value.hint == f"For example: {hint}"
    assert not [path for path in tmp_path.iterdir() if path.name not in ("plugins", "config")]


def test_what_is_there_is_not_overwritten(tmp_path: Path):
    new("my-metric", tmp_path)
    with pytest.raises(PluginError, match="already there"):
        new("my-metric", tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(PluginError, match="could not be written"):
        new("my-metric", tmp_path / "file")
