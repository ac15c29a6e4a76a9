"""What the coach gets when analyzers behave, raise, hang, eat memory or crash, and when the video is hostile."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from coachvision.analysis.plan import Plan
from coachvision.analysis.progress import Progress
from coachvision.analysis.supervisor import Limits, Outcome, supervise
from coachvision.errors import Cancelled, CoachVisionError, UsageError, VideoError
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin, write_series_plugin

FRAMES = 24


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    return tmp_path / "plugins"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", frames=FRAMES)


def _run(clip: Path, plugins: Path, *ids: str, limits: Limits | None = None, **extra: object) -> Outcome:
    plan = Plan.model_validate({"video": clip, "plugin_dir": plugins, "analyzers": ids, "proxy": False} | extra)
    return supervise(plan, clip.parent / "spool", limits=limits)


def _metrics(outcome: Outcome) -> dict[str, float]:
    return {m.name: m.value for run in outcome.runs if run.result is not None for m in run.result.metrics}


def _errors(outcome: Outcome) -> dict[str, str]:
    return {run.analyzer: run.error for run in outcome.runs if run.error is not None}


def test_every_frame_reaches_every_analyzer_and_those_who_need_them_follow(clip: Path, plugins: Path) -> None:
    write_frame_plugin(plugins, "one")
    write_frame_plugin(plugins, "two")
    write_series_plugin(plugins, "both", ["one", "two"])
    outcome = _run(clip, plugins, "both")
    assert _metrics(outcome) == {"one.frames": FRAMES, "two.frames": FRAMES, "both.frames": 2 * FRAMES}
    assert [run.analyzer for run in outcome.runs][-1] == "both"
    assert len(outcome.facts.timeline) == FRAMES


def test_only_the_span_is_analyzed_but_the_proxy_holds_all(clip: Path, plugins: Path) -> None:
    write_frame_plugin(plugins, "one")
    # The clip has 30 frames a second: frames 3 to 9 are on screen between 0.1 and 0.3 s.
    outcome = _run(clip, plugins, "one", start_s=0.1, end_s=0.3, proxy=True)
    assert _metrics(outcome) == {"one.frames": 7}
    assert outcome.proxy is not None
    assert list(outcome.proxy.iterdir())


def test_keyframe_analyzer_sees_keyframes_alone(tmp_path: Path, plugins: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=FRAMES)
    write_frame_plugin(plugins, "keys", reads="keyframes")
    seen = _metrics(_run(clip, plugins, "keys"))["keys.frames"]
    assert 1 <= seen < FRAMES


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("raises", "on purpose"),
        ("hangs", "no progress"),
        ("hogs", "memory"),
        ("dies", "crashed"),
        ("exits", "SystemExit"),
        ("leaves", "ended"),
    ],
)
def test_a_bad_analyzer_costs_its_own_result_alone(clip: Path, plugins: Path, behaviour: str, words: str) -> None:
    write_frame_plugin(plugins, "good")
    write_frame_plugin(plugins, "bad", behaviour)
    write_series_plugin(plugins, "needy", ["bad"])
    # 1.2 GB is met by the hog's seventh frame and by nobody else; a busy machine may take seconds for its pages.
    limits = Limits(memory=1200 * 2**20, stall_s=2.0 if behaviour == "hangs" else 60.0)
    outcome = _run(clip, plugins, "good", "needy", limits=limits)
    assert _metrics(outcome) == {"good.frames": FRAMES}
    errors = _errors(outcome)
    assert words in errors["bad"]
    assert "bad" in errors["needy"]


@pytest.mark.parametrize(
    ("at_import", "words"),
    [("os.kill(os.getpid(), 11)", "crashed"), ("os._exit(1)", "ended"), ("\nwhile True: pass", "no progress")],
)
def test_an_analyzer_that_ends_the_worker_when_it_is_loaded_is_named_not_the_video(
    clip: Path, plugins: Path, at_import: str, words: str
) -> None:
    write_frame_plugin(plugins, "good")
    write_frame_plugin(plugins, "bad")
    (plugins / "bad" / "bad_plugin" / "__init__.py").write_text(f"import os; {at_import}", "utf-8")
    outcome = _run(clip, plugins, "good", "bad", limits=Limits(stall_s=3.0))
    assert _metrics(outcome) == {"good.frames": FRAMES}
    assert words in _errors(outcome)["bad"]


def test_what_an_analyzer_leaves_running_neither_delays_the_end_nor_outlives_it(clip: Path, plugins: Path) -> None:
    write_frame_plugin(plugins, "lingers", "lingers")
    write_frame_plugin(plugins, "spawns", "spawns")
    # A worker that waited for the thread would be ended by these limits.
    outcome = _run(clip, plugins, "lingers", "spawns", limits=Limits(video_s=30.0))
    assert _metrics(outcome) == {"lingers.frames": FRAMES, "spawns.frames": FRAMES}
    left = int((plugins / "spawns" / "spawns_plugin" / "pid").read_text())
    if psutil.pid_exists(left):
        process = psutil.Process(left)
        gone, _ = psutil.wait_procs([process], timeout=5)
        assert gone or process.status() == psutil.STATUS_ZOMBIE


def test_what_is_no_result_is_told_as_such_also_of_small_frames(tmp_path: Path, plugins: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=2, size=(64, 960))
    write_frame_plugin(plugins, "bad", reads="proxy")
    code = plugins / "bad" / "bad_plugin" / "__init__.py"
    code.write_text(code.read_text("utf-8") + "\nAnalyzer.finish = lambda self: 'words'\n", "utf-8")
    assert "type str" in _errors(_run(clip, plugins, "bad"))["bad"]


def test_an_analyzer_that_breaks_the_program_around_it_is_a_plain_error(
    clip: Path, plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coachvision.paths.log_dir", lambda: tmp_path / "log")
    write_frame_plugin(plugins, "bad", "breaks")
    with pytest.raises(CoachVisionError, match=r"clip\.mp4 .*TypeError") as caught:
        _run(clip, plugins, "bad")
    assert "Traceback" not in str(caught.value) + caught.value.hint
    assert "Traceback" in (tmp_path / "log" / "analysis-failed.log").read_text("utf-8")


def test_cancelling_takes_less_than_a_fifth_of_a_second(clip: Path, plugins: Path) -> None:
    write_frame_plugin(plugins, "slow", "hangs")
    plan = Plan(video=clip, plugin_dir=plugins, analyzers=("slow",), proxy=False)
    asked: list[float] = []
    working: list[Progress] = []

    def cancelled() -> bool:
        if working and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    def report(progress: Progress) -> None:
        if progress.stage == "slow":
            working.append(progress)

    with pytest.raises(Cancelled):
        supervise(plan, clip.parent / "spool", report=report, cancelled=cancelled)
    # The contract's figure; the supervisor polls at 10 Hz, so half of it is spare.
    assert time.monotonic() - asked[0] < 0.2


def test_file_that_is_no_video_is_refused_by_name(tmp_path: Path, plugins: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("squats: 3 x 8")
    write_frame_plugin(plugins, "one")
    with pytest.raises(VideoError, match=r"notes\.mp4"):
        _run(text, plugins, "one")


def test_span_after_the_end_is_refused(clip: Path, plugins: Path) -> None:
    write_frame_plugin(plugins, "one")
    with pytest.raises(VideoError, match="begin at 9 s"):
        _run(clip, plugins, "one", start_s=9)


def test_unknown_analyzer_is_refused_by_name(clip: Path, plugins: Path) -> None:
    with pytest.raises(UsageError, match="nonesuch"):
        _run(clip, plugins, "nonesuch")


def test_worker_killed_from_outside_starts_once_more(
    clip: Path, plugins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SIGKILL of the worker alone, at a named frame: the second worker meets it again and the file is given up."""
    write_frame_plugin(plugins, "one")
    log = clip.parent / "points"
    monkeypatch.setenv("COACHVISION_CHECKPOINT_LOG", str(log))
    monkeypatch.setenv("COACHVISION_KILL_AT", "analysis.frame:5")
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        _run(clip, plugins, "one")
    assert log.read_text().split().count("analysis.frame") == 10
