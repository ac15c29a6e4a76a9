"""Whether a link costs money, as the system tells: NetworkManager's answer, no answer, no such tool."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from coachvision.sync import conditions
from coachvision.sync.conditions import SystemNetwork

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks NetworkManager's tool")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(tools: Path, script: str) -> None:
    path = tools / "busctl"
    path.write_text(f"#!/bin/sh\necho asked >> {tools}/log\n{script}\n")
    path.chmod(0o700)


# NetworkManager's own numbers: unknown, yes, no, guessed yes, guessed no.
@pytest.mark.parametrize(("told", "metered"), [(0, False), (1, True), (2, False), (3, True), (4, False)])
def test_what_networkmanager_says_is_believed(tools: Path, told: int, metered: bool) -> None:
    install(tools, f"echo 'u {told}'")
    assert SystemNetwork(lambda: 0.0).metered() is metered


@pytest.mark.parametrize("script", ["exit 1", "echo 'Failed to get property: no such service' >&2; exit 1", "echo"])
def test_where_nobody_knows_a_link_is_not_metered(tools: Path, script: str) -> None:
    install(tools, script)
    assert SystemNetwork(lambda: 0.0).metered() is False


def test_without_the_tool_nothing_is_asked(tools: Path) -> None:
    assert SystemNetwork(lambda: 0.0).metered() is False


def test_a_tool_that_hangs_is_given_up(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "_PATIENCE_S", 0.5)
    install(tools, f"exec {os.path.realpath(sys.executable)} -c 'import threading; threading.Event().wait()'")
    assert SystemNetwork(lambda: 0.0).metered() is False


def test_the_answer_is_good_for_half_a_minute(tools: Path) -> None:
    now = [0.0]
    network = SystemNetwork(lambda: now[0])
    install(tools, "echo 'u 1'")
    assert network.metered()
    install(tools, "echo 'u 2'")
    now[0] = 29.0
    assert network.metered()
    now[0] = 31.0
    assert not network.metered()
    assert (tools / "log").read_text() == "asked\nasked\n"
