"""One analysis, in this process: probe, one decode pass to all frame analyzers, then those that work from results.

Runs in the worker. What one analyzer breaks costs its own result (and of those who need it), nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from coachvision.analysis.board import Board
from coachvision.analysis.passes import FramePass, complaint, one_line, result_or_words
from coachvision.analysis.plan import Plan
from coachvision.analysis.spool import Run, Spool
from coachvision.core.calibration import Calibration
from coachvision.core.results import Result
from coachvision.core.video import Region, Video
from coachvision.errors import PluginError, UsageError, VideoError
from coachvision.plugins.api import FrameAnalyzer, SeriesAnalyzer
from coachvision.plugins.discovery import Installed, discover
from coachvision.plugins.host import check_parameters, check_result, load, obstacles, order
from coachvision.plugins.manifest import Manifest
from coachvision.video.facts import VideoFacts
from coachvision.video.importing import Sinks
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader

log = logging.getLogger(__name__)

# A phone writes its nominal rate into every clip; only a clear difference to the stored rate means slow motion.
SLOW_MOTION_RATIO = 1.2


@dataclass(frozen=True, eq=False)
class _Task:
    """An analyzer that will run, with its checked parameters."""

    manifest: Manifest
    analyzer: FrameAnalyzer | SeriesAnalyzer
    parameters: dict[str, Any]


def run(plan: Plan, spool: Spool, board: Board) -> None:
    """Carry out the plan; everything found is in the spool afterwards. Raises VideoError where nothing can be read."""
    board.enter("video")
    facts = real_time(probe_here(plan.video), plan.capture_fps)
    video = describe(plan, facts)
    installed = discover(plan.plugin_dir)
    wanted = order(installed, plan.analyzers)
    finished = {item.manifest.id for item in wanted if item.manifest and spool.load_run(item.manifest.id)}
    tasks = [task for item in wanted if (task := _prepare(item, plan, spool, board, finished)) is not None]
    board.enter("video")
    warnings = list(facts.warnings)
    if plan.analyzers is None:
        warnings += [f"The analyzer {name} was left out: it {why}." for name, why in obstacles(installed).items()]
    warnings += _frame_pass(facts, video, tasks, plan, spool, board)
    if video.athlete_height_m is not None and any(isinstance(task.analyzer, SeriesAnalyzer) for task in tasks):
        runs = [spool.load_run(item.manifest.id) for item in wanted if item.manifest]
        video, told = scaled_by_height(video, [run.result for run in runs if run is not None and run.result])
        warnings += told
    _series_pass(video, tasks, spool, board)
    board.enter("saving")
    spool.save_facts(facts)
    spool.save_end([item.manifest.id for item in wanted if item.manifest], warnings)


def real_time(facts: VideoFacts, capture_fps: float | None) -> VideoFacts:
    """The facts in real seconds: by the rate the coach named, else the phone's own tag if it means slow motion."""
    stored_fps = facts.timeline.fps
    rate = capture_fps
    if rate is None and facts.capture_fps and stored_fps and facts.capture_fps > stored_fps * SLOW_MOTION_RATIO:
        rate = facts.capture_fps
    return facts if rate is None or stored_fps == 0 else facts.at_capture_rate(rate)


def describe(plan: Plan, facts: VideoFacts) -> Video:
    """What the analyzers are told. Raises VideoError where the wanted span holds no frame."""
    timeline = facts.timeline
    first = 0 if plan.start_s is None else timeline.index_at(plan.start_s)
    last = len(timeline) - 1 if plan.end_s is None else timeline.index_at(plan.end_s)
    if plan.start_s is not None and plan.start_s > float(timeline.seconds[-1]):
        raise VideoError(
            "The span lies after the end",
            f"{plan.video.name} lasts {facts.duration_s:.3f} s; the analysis was to begin at {plan.start_s:g} s.",
            hint="Choose an earlier start.",
            path=plan.video,
        )
    _check_times(plan, facts)
    regions = tuple(Region(r.x, r.y, r.width, r.height, timeline.index_at(r.time_s)) for r in plan.regions)
    for region in regions:
        _check_region(region, facts)
    return Video(
        width=facts.width,
        height=facts.height,
        timeline=timeline,
        first=first,
        last=last,
        regions=regions,
        calibration=_calibration(plan, facts),
        athlete_height_m=plan.athlete_height_m,
        exercise=plan.exercise,
    )


def scaled_by_height(video: Video, results: Sequence[Result]) -> tuple[Video, list[str]]:
    """The video with the scale that the height of the athlete of interest gives, and in words why it gives none.

    For the analyzers after the pose; a scale that the coach measured on the picture stands.
    """
    if video.athlete_height_m is None or video.calibration is not None:
        return video, []
    for result in results:
        star = next((subject.id for subject in result.subjects if subject.of_interest), None)
        track = next((one for one in result.tracks if one.name == "pose" and one.subject == star), None)
        if track is not None:
            try:
                calibration = Calibration.from_height(video.athlete_height_m, track, video.timeline)
            except ValueError as error:
                return video, [f"The athlete's height gives no scale: {error}."]
            except KeyError as error:
                return video, [f"The athlete's height gives no scale: the pose has no landmark {error}."]
            return replace(video, calibration=calibration), []
    return video, ["The athlete's height gives no scale: no athlete was found."]


def _check_times(plan: Plan, facts: VideoFacts) -> None:
    for marked, what in (*((region, "box") for region in plan.regions), (plan.calibration, "calibration line")):
        # To the millisecond, as the length is told to the coach.
        if marked is not None and round(marked.time_s, 3) > round(float(facts.duration_s), 3):
            raise UsageError(
                f"The {what} lies after the end",
                f"{plan.video.name} lasts {facts.duration_s:.3f} s; the {what} was drawn at {marked.time_s:g} s.",
                hint="Give a time in the video, in seconds or m:ss.",
            )


def _check_region(region: Region, facts: VideoFacts) -> None:
    inside = region.x < facts.width and region.y < facts.height and region.x + region.width > 0
    if region.width <= 0 or region.height <= 0 or not inside or region.y + region.height <= 0:
        raise UsageError(
            "The box is not on the picture",
            f"A box of {region.width:g} x {region.height:g} at {region.x:g}, {region.y:g} does not lie on a picture of"
            f" {facts.width} x {facts.height} pixels.",
            hint="Give x, y, width, height in pixels from the top left of the upright picture.",
        )


def _calibration(plan: Plan, facts: VideoFacts) -> Calibration | None:
    line = plan.calibration
    if line is None:
        return None
    for x, y in ((line.x1, line.y1), (line.x2, line.y2)):
        if not (0 <= x <= facts.width and 0 <= y <= facts.height):
            # A slip of the keys: every length measured by it would be wrong.
            raise UsageError(
                "The calibration line is not on the picture",
                f"Its end at {x:g}, {y:g} does not lie on a picture of {facts.width} x {facts.height} pixels.",
                hint="Give both ends in pixels from the top left of the upright picture.",
            )
    try:
        index = facts.timeline.index_at(line.time_s)
        return Calibration.from_line(line.length_m, (line.x1, line.y1), (line.x2, line.y2), index)
    except ValueError as error:
        raise UsageError("The calibration line cannot be used", f"{error}.") from error


def _prepare(item: Installed, plan: Plan, spool: Spool, board: Board, finished: set[str]) -> _Task | None:
    """Load one analyzer; None where it cannot run or already has a result (of a worker that ended later)."""
    manifest = item.manifest
    if manifest is None or manifest.id in finished:
        return None
    parameters: dict[str, Any] = {}
    if manifest.id in plan.excluded:
        spool.save_run(Run(manifest.id, manifest.title, manifest.version, error=plan.excluded[manifest.id]))
        return None
    try:
        parameters = check_parameters(manifest, plan.parameters.get(manifest.id, {}))
        # Importing it runs its code: what crashes or hangs there is the plugin's doing, not the video's.
        board.enter(manifest.id)
        return _Task(manifest, load(item), parameters)
    except PluginError as error:
        spool.save_run(Run(manifest.id, manifest.title, manifest.version, parameters, error=one_line(str(error))))
        return None


def _frame_pass(
    facts: VideoFacts, video: Video, tasks: list[_Task], plan: Plan, spool: Spool, board: Board
) -> list[str]:
    """Feed every frame, decoded once, to the frame analyzers and to the proxy and the filmstrip."""
    frame_tasks = [task for task in tasks if isinstance(task.analyzer, FrameAnalyzer)]
    if not frame_tasks and not plan.proxy:
        return []
    with VideoReader(plan.video, facts) as reader, ExitStack() as stack:
        sinks = stack.enter_context(Sinks(plan.proxy_folder or spool.proxy, facts)) if plan.proxy else None
        work = FramePass(reader, video, board, sinks)
        for task in frame_tasks:
            assert isinstance(task.analyzer, FrameAnalyzer)  # noqa: S101 - chosen above; for the type checker
            work.add(task.manifest, task.analyzer, task.parameters)
        work.run()
        for task in frame_tasks:
            found = work.finish(task.manifest.id)
            spool.save_run(_checked(task, video, found))
        return list(reader.warnings)


def _series_pass(video: Video, tasks: list[_Task], spool: Spool, board: Board) -> None:
    """Run the analyzers that work from results, in the order of their needs."""
    for task in tasks:
        if not isinstance(task.analyzer, SeriesAnalyzer):
            continue
        manifest, analyzer = task.manifest, task.analyzer
        results: dict[str, Result] = {}
        lacking = ""
        for need in manifest.needs:
            run = spool.load_run(need)
            if run is None or run.result is None:
                lacking = f"It needs {need}, which gave no result."
                break
            results[need] = run.result
        board.enter(manifest.id)
        found: Result | str = lacking
        if not lacking:
            try:
                found = result_or_words(analyzer.compute(results, video, task.parameters))
            except KeyboardInterrupt:
                raise
            # A plugin may raise anything, even a sys.exit(); the run goes on.
            except BaseException as error:
                log.info("analyzer %s raised", manifest.id, exc_info=True)
                found = complaint(error)
        spool.save_run(_checked(task, video, found))


def _checked(task: _Task, video: Video, found: Result | str) -> Run:
    """A run with its result, or with the reason why there is none."""
    manifest = task.manifest
    base = Run(manifest.id, manifest.title, manifest.version, task.parameters)
    if isinstance(found, str):
        return replace(base, error=found)
    try:
        return replace(base, result=check_result(found, manifest, video))
    except PluginError as error:
        return replace(base, error=one_line(str(error)))
