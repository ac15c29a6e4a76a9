"""docs/plugins.md, done as a reader does it: every block of it is typed in, in order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coachvision.plugins import state
from coachvision.plugins.discovery import discover
from coachvision.plugins.host import check_parameters, load, order
from coachvision.plugins.install import install
from coachvision.plugins.manifest import Manifest, Parameter, parse_manifest
from coachvision.plugins.scaffold import new

from .conftest import manifest_of

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Reader:
    """Types the page's commands and files, and keeps what its Python left behind, as one session would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "docs"}
        self.done: list[str] = []

    def shell(self, block: str) -> None:
        for line in block.splitlines():
            words = shlex.split(line)
            match words:
                case ["cd", place]:
                    self.folder = (self.folder / place).resolve()
                case ["python", "-m", "pytest"]:
                    self.pytest()
                case ["coachvision", "plugins", "new", name]:
                    new(name, self.folder)
                case ["coachvision", "plugins", "new", name, "--kind", "series"]:
                    new(name, self.folder, "series")
                case ["coachvision", "plugins", "install", place]:
                    assert install(self.folder / place).broken is None
                case ["coachvision", "plugins", "list"]:
                    assert discover()
                case ["coachvision", "analyze", "clip.mp4", "--with", name, *rest]:
                    self.analyze(name, rest)
                case _:
                    pytest.fail(f"the page has a command that this test does not know: {line}")
            self.done.append(line)

    def pytest(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def analyze(self, name: str, rest: list[str]) -> None:
        """All that this room does of an analysis: choose, check and load. The engine's tests do the rest."""
        (chosen,) = order(discover(), [name])
        assert chosen.manifest is not None
        given: dict[str, str] = {}
        if rest:
            option, assignment = rest
            assert option == "--set"
            key, _, value = assignment.removeprefix(f"{name}.").partition("=")
            given[key] = value
        assert set(given) <= set(check_parameters(chosen.manifest, given))
        assert load(chosen) is not None

    def write_or(self, block: str) -> bool:
        """Write a block that begins with the name of a file into the plugin; False for any other."""
        named = re.match(r"# (\w+/\w+\.(py|toml))\n", block)
        if named is None:
            return False
        path = self.folder / named[1]
        assert path.is_file(), f"the skeleton has no {named[1]}"
        path.write_text(block)
        return True


def test_the_page_works_as_written(tmp_path: Path):
    reader = Reader(tmp_path)
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
    state.set_enabled("my-metric", False)
    assert not next(one for one in discover() if one.name == "my-metric").enabled


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
