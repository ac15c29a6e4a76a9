"""docs/plugins.md, done as a reader does it: every block of it is typed in, in order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from coachvision import paths
from coachvision.cli.main import app
from coachvision.library.library import Library
from coachvision.plugins.manifest import Manifest, Parameter, parse_manifest
from coachvision.plugins.scaffold import new
from coachvision.video.writer import VideoWriter

from .conftest import manifest_of

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Reader:
    """Types the page's commands and files, and keeps what its Python left behind, as one session would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = monkeypatch.chdir
        self.names: dict[str, Any] = {"__name__": "docs"}
        self.done: list[str] = []

    def shell(self, block: str) -> None:
        for line in block.splitlines():
            match shlex.split(line):
                case ["cd", place]:
                    self.go(place)
                case ["python", "-m", "pytest"]:
                    self.pytest()
                case ["coachvision", *arguments]:
                    done = CliRunner().invoke(app, arguments)
                    assert done.exit_code == 0, f"{line}: {done.output}"
                case _:
                    pytest.fail(f"the page has a command that this test does not know: {line}")
            self.done.append(line)

    def pytest(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def write_or(self, block: str) -> bool:
        """Write a block that begins with the name of a file into the plugin; False for any other."""
        named = re.match(r"# (\w+/\w+\.(py|toml))\n", block)
        if named is None:
            return False
        path = Path(named[1])
        assert path.is_file(), f"the skeleton has no {named[1]}"
        path.write_text(block)
        return True


def test_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    blinking_clip(tmp_path / "clip.mp4")
    reader = Reader(monkeypatch)
    python = 0
    for language, block in BLOCKS:
        if language == "sh":
            reader.shell(block)
        elif language == "toml" and not reader.write_or(block):
            manifest = parse_manifest(manifest_of("doc", "doc") + block, "doc")
            assert {one.type for one in manifest.parameters.values()} == set(types())
        elif language == "python" and not reader.write_or(block):
            exec(compile(block, "docs/plugins.md", "exec"), reader.names)  # noqa: S102 - our own page is what is tested
            python += 1
        else:
            assert language in ("toml", "python", ""), f"nothing runs the page's {language} blocks"
    assert python >= 4
    assert "coachvision plugins install ./my-metric" in reader.done
    with Library.open(paths.library_dir()) as library:
        shares = [library.result(one.id, "my-metric").metrics[0].value for one in library.sessions()]
    # Ten of twenty steps change by most of the brightness, far above either threshold.
    assert shares == [pytest.approx(50), pytest.approx(50)]


def blinking_clip(path: Path) -> None:
    with VideoWriter(path, 160, 90) as writer:
        for index in range(21):
            bright = 200 if index >= 11 and index % 2 else 0
            writer.write(np.full((90, 160, 3), bright, np.uint8), index * 3000)


def test_the_tree_it_shows_is_the_skeletons(tmp_path: Path):
    (tree,) = (block for language, block in BLOCKS if not language)
    folder = new("my-metric", tmp_path)
    for path in folder.rglob("*"):
        assert path.name in tree
    shown = {word for line in tree.splitlines() for word in line.split()[:1]}
    assert {Path(word).name for word in shown} == {path.name for path in [folder, *folder.rglob("*")]} - {"tests"}


def test_every_key_of_a_manifest_is_explained():
    for key in Manifest.model_fields:
        assert f"`{key}`" in PAGE or f"[{key}.NAME]" in PAGE
    for key in Parameter.model_fields:
        assert f"`{key}`" in PAGE


def types() -> tuple[str, ...]:
    return tuple(Parameter.model_fields["type"].annotation.__args__)  # type: ignore[union-attr]  # a Literal has them
