"""Plugins made for a test: folders as a coach installs them, and packages as pip leaves them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

ANALYZER = """
from coachvision.plugins.api import Result


class Analyzer:
    def start(self, video, params): self.params = params
    def frame(self, frame): pass
    def finish(self): return Result()
"""

SERIES = """
from coachvision.plugins.api import Result


class Analyzer:
    def compute(self, results, video, params): return Result()
"""


def manifest_of(plugin_id: str, package: str, **other: object) -> str:
    """The text of a manifest; keys given as TOML text replace or extend the usual ones."""
    keys: dict[str, object] = {
        "id": f'"{plugin_id}"',
        "title": '"Made for a test"',
        "version": '"1.0.0"',
        "api": '">=1,<2"',
        "kind": '"frame"',
        "entry": f'"{package}:Analyzer"',
    }
    keys |= other
    return "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None)


PluginMaker = Callable[..., Path]


@pytest.fixture
def plugin_root(tmp_path: Path) -> Path:
    """The coach's plugin folder of this test (`COACHVISION_PLUGINS` names it, too)."""
    root = tmp_path / "plugins"
    root.mkdir()
    return root


@pytest.fixture
def make_plugin(tmp_path: Path) -> PluginMaker:
    """Write a plugin's folder: a package with its manifest inside, and whatever other files are given."""

    def make(
        plugin_id: str,
        code: str | None = None,
        *,
        root: Path | None = None,
        manifest: str | None = None,
        files: dict[str, str] | None = None,
        **keys: object,
    ) -> Path:
        package = plugin_id.replace("-", "_")
        folder = (root or tmp_path / "made") / plugin_id
        (folder / package).mkdir(parents=True)
        if code is None:
            code = SERIES if keys.get("kind") == '"series"' else ANALYZER
        (folder / package / "__init__.py").write_text(textwrap.dedent(code))
        (folder / package / "coachvision.toml").write_text(manifest or manifest_of(plugin_id, package, **keys))
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(textwrap.dedent(text))
        return folder

    return make


@pytest.fixture
def make_package(tmp_path: Path, make_plugin: PluginMaker, monkeypatch: pytest.MonkeyPatch) -> PluginMaker:
    """Put a plugin where pip would: on the import path, with its entry point; returns the package's folder."""

    def make(plugin_id: str, code: str | None = None, *, points_to: str | None = None, **keys: object) -> Path:
        package = plugin_id.replace("-", "_")
        site = make_plugin(plugin_id, code, root=tmp_path / "site", **keys)
        info = site / f"{package}-1.0.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {plugin_id}\nVersion: 1.0.0\n")
        (info / "entry_points.txt").write_text(f"[coachvision.analyzers]\n{package} = {points_to or package}\n")
        monkeypatch.syspath_prepend(site)
        return site / package

    return make
