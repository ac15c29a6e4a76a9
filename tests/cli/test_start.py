"""Starting: fast, helpful, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEAVY = ("numpy", "av", "cv2", "scipy", "matplotlib", "sqlite3", "jinja2", "pydantic", "coachvision.library")


def coachvision(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coachvision.cli.main", *args]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_help_loads_nothing_heavy() -> None:
    asked = (
        "import sys\n"
        "from coachvision.cli.main import app\n"
        "try:\n    app(['--help'], prog_name='coachvision')\nexcept SystemExit as end:\n    code = end.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'{code} {loaded}' if code or loaded else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    for command in ("app", "analyze", "sessions", "show", "export", "import", "delete", "plugins", "demo", "doctor"):
        assert command in ended.stdout


@pytest.mark.parametrize(("args", "videos"), [([], []), (["app", "one.mp4", "two.mp4"], ["one.mp4", "two.mp4"])])
def test_alone_and_with_videos_it_opens_the_window(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], videos: list[str]
) -> None:
    opened: list[tuple[list[str], Path]] = []
    monkeypatch.setattr(
        "coachvision.app.main.run", lambda given, root: opened.append(([v.name for v in given], root)) or 0
    )
    assert run(*args).exit_code == 0
    assert opened == [(videos, library)]


def test_without_qt_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coachvision.cli.desktop.find_spec", lambda _name: None)
    result = run()
    assert result.exit_code == 1
    assert "pip install" in result.stderr


def test_help_tells_the_whole_form_of_a_box_and_a_line(run: Run) -> None:
    # Square brackets are markup to the printer of the help; frames and line ends are not what is asked about.
    told = "".join(run("analyze", "--help").stdout.replace("│", "").split())
    assert "x,y,w,h[@time],inpixels" in told
    assert "length_m:x1,y1,x2,y2[@time]." in told


@pytest.mark.parametrize("args", [["nonsense"], ["analyze"], ["show"], ["export", "abc"], ["--nonsense"]])
def test_wrong_usage_is_code_two(run: Run, args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage" in result.stderr


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout.startswith("coachvision 0.")


def test_the_shells_completion_is_there() -> None:
    ended = coachvision("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert ended.returncode == 0, ended.stderr
    assert "complete" in ended.stdout
    completed = coachvision(_COACHVISION_COMPLETE="complete_bash", COMP_WORDS="coachvision an", COMP_CWORD="1")
    assert completed.stdout.split() == ["analyze"]


def test_a_bug_is_told_in_a_sentence_and_logged() -> None:
    broken = (
        "import coachvision.cli.common as common, coachvision.cli.main as main, sys\n"
        "def fail(*_args, **_more): raise ZeroDivisionError('on purpose')\n"
        "common.opened = fail\n"
        "sys.argv = ['coachvision', 'sessions']\n"
        "main.run()\n"
    )
    ended = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "This is a bug" in ended.stderr
    assert "on purpose" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("loading", ["coachvision.cli.main", "typer", "coachvision.cli.exchange"])
def test_ctrl_c_while_it_loads_is_quiet(loading: str) -> None:
    struck = (
        "import os, signal, sys\n"
        "def strike(event, told):\n"
        f"    if event == 'import' and told[0] == {loading!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        # Whoever was started in the background inherits that Ctrl-C is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from coachvision.__main__ import run\n"
        "sys.addaudithook(strike)\n"
        "sys.argv = ['coachvision', 'sessions']\n"
        "run()\n"
    )
    ended = subprocess.run([sys.executable, "-c", struck], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
