"""Plugins by the command line: seen, switched, made, installed, run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.clips import write_clip


def listed(run: Run) -> dict[str, dict[str, object]]:
    return {one["id"]: one for one in json.loads(run("plugins", "list", "--json").stdout)["plugins"]}


def test_the_first_party_plugins_are_listed(run: Run) -> None:
    result = run("plugins")
    assert result.exit_code == 0
    assert {"pose", "angles"} <= {line.split()[0] for line in result.stdout.splitlines()}
    assert listed(run)["pose"]["source"] == "first-party"


def test_switching_off_and_on(run: Run) -> None:
    assert run("plugins", "disable", "angles").exit_code == 0
    assert listed(run)["angles"]["enabled"] is False
    assert listed(run)["pose"]["enabled"] is True
    assert run("plugins", "enable", "angles").exit_code == 0
    assert listed(run)["angles"]["enabled"] is True


@pytest.mark.parametrize("command", ["enable", "disable"])
def test_an_unknown_plugin_is_code_two_and_names_those_there_are(run: Run, command: str) -> None:
    result = run("plugins", command, "nonsense")
    assert result.exit_code == 2
    assert "pose" in result.stderr


def test_a_new_plugin_is_made_installed_run_and_removed(run: Run, tmp_path: Path) -> None:
    assert run("plugins", "new", "bar-path", "--folder", tmp_path).exit_code == 0
    result = run("plugins", "install", tmp_path / "bar-path")
    assert result.exit_code == 0, result.stderr
    assert listed(run)["bar-path"]["broken"] is None
    analyzed = run("analyze", write_clip(tmp_path / "clip.mp4"), "--with", "bar-path", "--json", "-")
    assert analyzed.exit_code == 0, analyzed.stderr
    (session,) = json.loads(analyzed.stdout)["sessions"]
    assert session["runs"][0]["analyzer"] == "bar-path"
    assert "error" not in session["runs"][0]
    assert run("plugins", "uninstall", "bar-path").exit_code == 0
    assert "bar-path" not in listed(run)


def test_a_broken_plugin_is_shown_by_name_with_the_reason(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plugins" / "odd").mkdir(parents=True)
    (tmp_path / "plugins" / "odd" / "coachvision.toml").write_text("id = 3")
    assert listed(run)["odd"]["broken"]
    assert "broken" in run("plugins", "list").stdout
    assert run("plugins", "install", tmp_path / "nowhere").exit_code == 1
