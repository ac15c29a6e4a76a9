"""A coach's videos become sessions: one, several, on a cluster; what fails is named and costs nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coachvision import paths, settings
from coachvision.errors import Cancelled, UsageError, VideoError
from coachvision.library.library import Library
from coachvision.services.analyze import Analyzed, Failed, LineAt, Progress, Request, analyze, analyze_many, check
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin

FRAMES = 24


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    write_frame_plugin(paths.plugin_dir(), "one")
    with Library.open(tmp_path / "library") as opened:
        yield opened


def _request(path: Path, **extra: object) -> Request:
    return Request(path, analyzers=("one",), **extra)  # type: ignore[arg-type]  # a test's own shorthand


def _frames_counted(library: Library, session: str) -> float:
    return next(m.value for m in library.session(session).metrics if m.name == "one.frames")


def test_one_line_and_the_session_is_there(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    told: list[Progress] = []
    done = analyze(library, _request(clip, athlete="Ada", exercise="squat"), progress=told.append)
    session = library.session(done.session_id)
    assert (session.athlete, session.source_name, session.options["exercise"]) == ("Ada", "squat.mp4", "squat")
    assert session.video is not None
    assert session.video.frames == FRAMES
    assert _frames_counted(library, done.session_id) == FRAMES
    assert (library.folder(done.session_id) / "proxy" / "filmstrip.jpg").is_file()
    assert told
    assert all(0 <= p.done <= 1 for p in told)


def test_settings_decide_what_the_coach_did_not_say(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "squat.mp4", frames=FRAMES)
    settings.save("import.copy", False)
    settings.save("import.proxy", False)
    by_settings = analyze(library, _request(clip))
    assert library.session(by_settings.session_id).video.path == clip  # type: ignore[union-attr]  # it has one
    assert not (library.folder(by_settings.session_id) / "proxy").exists()
    told = analyze(library, _request(clip, copy=True, proxy=True))
    assert library.session(told.session_id).video.copied  # type: ignore[union-attr]  # it has one
    assert (library.folder(told.session_id) / "proxy").is_dir()


@pytest.mark.logs_expected
def test_a_damaged_settings_file_is_told(library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    paths.config_dir().mkdir(parents=True, exist_ok=True)
    (paths.config_dir() / settings.FILE_NAME).write_text("[analysis]\npeople = 99\n")
    analyze(library, _request(write_clip(tmp_path / "squat.mp4", frames=4)))
    assert ["analysis.people" in record.message for record in caplog.records] == [True]


def test_a_file_still_being_copied_is_not_stored_as_what_was_measured(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "growing.mp4", frames=FRAMES)
    # Lengthened by an analyzer, so that it surely happens between the first look at the file and its storing.
    monkeypatch.setenv("CLIP_TO_LENGTHEN", str(clip))
    write_frame_plugin(paths.plugin_dir(), "lengthens", "lengthens")
    with pytest.raises(VideoError, match=r"growing\.mp4” is no longer the file"):
        analyze(library, Request(clip, analyzers=("lengthens",)))
    assert library.sessions() == []


def test_failed_video_leaves_nothing_in_the_library(library: Library, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("3 x 8")
    with pytest.raises(VideoError, match=r"notes\.mp4"):
        analyze(library, _request(text))
    assert library.sessions() == []
    assert not list((library.root / "videos").rglob("*.mp4"))
    assert not list(library.scratch.glob("analysis-*"))


def test_cancelled_analysis_leaves_nothing_in_the_library(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=FRAMES)
    with pytest.raises(Cancelled):
        analyze(library, _request(clip), cancelled=lambda: True)
    assert library.sessions() == []


def test_calibration_line_of_no_length_is_refused(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=FRAMES)
    with pytest.raises(UsageError, match="calibration"):
        analyze(library, _request(clip, calibration=LineAt(length_m=2.0, x1=5, y1=5, x2=5, y2=5)))


def test_calibration_line_off_the_picture_is_refused(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=FRAMES)
    with pytest.raises(UsageError, match="not on the picture"):
        analyze(library, _request(clip, calibration=LineAt(length_m=2.0, x1=5, y1=5, x2=5000, y2=5)))


def test_batch_goes_on_past_a_bad_file(library: Library, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"")
    good = [write_clip(tmp_path / f"{n}.mp4", frames=n) for n in (10, 20)]
    ends = analyze_many(library, [_request(good[0]), _request(bad), _request(good[1])], jobs=2)
    assert [type(end) for end in ends] == [Analyzed, Failed, Analyzed]
    assert [_frames_counted(library, end.session_id) for end in ends if isinstance(end, Analyzed)] == [10, 20]
    assert isinstance(ends[1], Failed)
    assert "bad.mp4" in str(ends[1].error)


def test_batch_on_a_cluster_of_two_workers(library: Library, tmp_path: Path) -> None:
    clips = [write_clip(tmp_path / f"{n}.mp4", frames=n) for n in (8, 12, 16)]
    with ExitStack() as stack:
        address = _cluster(tmp_path, stack)
        ends = analyze_many(library, [_request(clip) for clip in clips], cluster=address)
    assert [_frames_counted(library, end.session_id) for end in ends if isinstance(end, Analyzed)] == [8, 12, 16]
    assert all((library.folder(end.session_id) / "proxy").is_dir() for end in ends if isinstance(end, Analyzed))


def test_cluster_that_is_not_there_is_told(library: Library, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=4)
    # Port 1 of loopback: nobody may listen there, so the refusal is at once.
    with pytest.raises(UsageError, match="cannot be reached"):
        analyze_many(library, [_request(clip)], cluster="tcp://127.0.0.1:1")


def _cluster(folder: Path, stack: ExitStack) -> str:
    """A Dask scheduler and two workers as separate processes on loopback; the scheduler's address."""
    log = stack.enter_context((folder / "dask.log").open("wb"))

    def start(command: str, *options: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{command}", *options], stdout=subprocess.DEVNULL, stderr=log
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process

    where = folder / "scheduler.json"
    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(where))
    for number in (1, 2):
        start(
            "dask_worker", "--scheduler-file", str(where), "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(folder / f"worker{number}"),
        )  # fmt: skip
    from distributed import Client

    with Client(scheduler_file=str(where), timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        return str(client.scheduler.address)


def test_unknown_analyzer_or_parameter_is_told_before_any_work(tmp_path: Path) -> None:
    request = Request(tmp_path / "not there.mp4", analyzers=("nonesuch",))
    with pytest.raises(UsageError, match="nonesuch"):
        check(request)
    write_frame_plugin(paths.plugin_dir(), "one")
    with pytest.raises(UsageError, match="speed"):
        check(Request(tmp_path / "not there.mp4", analyzers=("one",), parameters={"one": {"speed": 3}}))
    with pytest.raises(UsageError, match="nonesuch"):
        check(Request(tmp_path / "not there.mp4", analyzers=("one",), parameters={"nonesuch": {"speed": 3}}))
