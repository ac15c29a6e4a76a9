"""Analyze videos and keep the sessions. For the fronts: one call a user action."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coachvision import paths
from coachvision.analysis.batch import local_pool, run_batch
from coachvision.analysis.plan import LineAt, Plan, RegionAt
from coachvision.analysis.progress import Progress, Report
from coachvision.analysis.supervisor import Limits, Outcome, supervise
from coachvision.checkpoints import checkpoint
from coachvision.core.results import Result
from coachvision.errors import CoachVisionError, UsageError, VideoError
from coachvision.library import Library
from coachvision.library.records import Run
from coachvision.plugins.discovery import discover
from coachvision.plugins.host import check_parameters
from coachvision.plugins.ordering import order
from coachvision.services.cluster import cluster_executor
from coachvision.settings import Settings
from coachvision.settings import load as load_settings

__all__ = ["Analyzed", "Failed", "LineAt", "Progress", "RegionAt", "Request", "analyze", "analyze_many", "check"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One video to analyze. Fields as in `analysis.plan.Plan`. athlete: a name. copy: the video into the library.

    copy, proxy: None is what the coach's settings say.
    """

    video: Path
    analyzers: tuple[str, ...] | None = None
    athlete: str | None = None
    title: str = ""
    start_s: float | None = None
    end_s: float | None = None
    regions: tuple[RegionAt, ...] = ()
    calibration: LineAt | None = None
    capture_fps: float | None = None
    exercise: str = ""
    athlete_height_m: float | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    copy: bool | None = None
    proxy: bool | None = None

    def settled(self, settings: Settings) -> Request:
        """The request with the coach's settings where it says nothing."""
        pose = {"people": settings.whole("analysis.people"), **self.parameters.get("pose", {})}
        return replace(
            self,
            parameters={**self.parameters, "pose": pose},
            copy=settings.switch("import.copy") if self.copy is None else self.copy,
            proxy=settings.switch("import.proxy") if self.proxy is None else self.proxy,
        )

    def plan(self) -> Plan:
        """What the engine is asked to do."""
        return Plan(
            video=self.video.absolute(),
            plugin_dir=paths.plugin_dir(),
            analyzers=self.analyzers,
            parameters={name: dict(values) for name, values in self.parameters.items()},
            start_s=self.start_s,
            end_s=self.end_s,
            regions=self.regions,
            calibration=self.calibration,
            capture_fps=self.capture_fps,
            athlete_height_m=self.athlete_height_m,
            exercise=self.exercise,
            proxy=self.proxy is not False,
        )


@dataclass(frozen=True)
class Analyzed:
    """A stored session. warnings: of the video and of every analyzer, in words."""

    path: Path
    session_id: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Failed:
    """A video of which nothing could be made, and why."""

    path: Path
    error: CoachVisionError


def check(request: Request) -> None:
    """See before any work whether the analyzers asked for can run. Raises UsageError (unknown), PluginError."""
    installed = discover(paths.plugin_dir())
    known = sorted({one.name for one in installed})
    for name in request.parameters:
        if name not in known:
            raise UsageError(
                f"There is no analyzer {name!r}",
                "A parameter was given for it.",
                hint=f"There are: {', '.join(known)}.",
            )
    for one in order(installed, request.analyzers):
        if one.manifest is not None:
            check_parameters(one.manifest, request.parameters.get(one.manifest.id, {}))


def analyze(
    library: Library,
    request: Request,
    *,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Analyzed:
    """Analyze one video and store the session. Raises CoachVisionError or Cancelled; then nothing is kept."""
    settings = told_settings()
    request = request.settled(settings)
    with spool(library) as folder:
        outcome = supervise(request.plan(), folder, limits=limits(settings), report=progress, cancelled=cancelled)
        return store(library, request, outcome, cancelled=cancelled)


def analyze_many(
    library: Library,
    requests: Sequence[Request],
    *,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Analyzed | Failed]:
    """Analyze several videos, `jobs` at a time here or on a Dask cluster; in the order of the requests.

    One that fails does not stop the others. Raises Cancelled; what was stored until then stays.
    """
    settings = told_settings()
    requests = [request.settled(settings) for request in requests]
    ends: dict[int, Analyzed | Failed] = {}
    with spool(library) as folder, _executor(jobs, cluster) as executor:
        plans = [request.plan() for request in requests]
        results = run_batch(
            plans,
            executor,
            folder,
            remote=cluster is not None,
            limits=limits(settings),
            report=progress,
            cancelled=cancelled,
        )
        for number, outcome in results:
            request = requests[number]
            try:
                if isinstance(outcome, CoachVisionError):
                    raise outcome
                ends[number] = store(library, request, outcome, cancelled=cancelled)
            except CoachVisionError as error:
                ends[number] = Failed(request.video, error)
    return [ends[number] for number in range(len(requests))]


def store(
    library: Library, request: Request, outcome: Outcome, *, cancelled: Callable[[], bool] | None = None
) -> Analyzed:
    """Keep the video, and in one step the session with all its runs and its proxy."""
    if request.video.is_file() and request.video.stat().st_size != outcome.facts.size:
        raise VideoError(
            "The file changed while it was analyzed",
            f"“{request.video.name}” is no longer the file whose frames were measured.",
            hint="Wait until it is copied or recorded to its end, then analyze it again.",
            path=request.video,
            retryable=True,
        )
    video = library.add_video(request.video, outcome.facts, copy=request.copy is not False, cancelled=cancelled)
    checkpoint("services.analyze.video_added")
    plan = request.plan().model_dump(mode="json", exclude={"video", "plugin_dir", "excluded"}, exclude_defaults=True)
    warnings = list(outcome.warnings)
    warnings += [f"{run.title} gave no result. {run.error}" for run in outcome.runs if run.error is not None]
    session = library.create_session(
        video,
        athlete=request.athlete,
        title=request.title,
        options=plan,
        warnings=warnings,
        runs=[Run(r.analyzer, r.version, r.parameters, r.result or Result(), r.error) for r in outcome.runs],
        timeline=outcome.facts.timeline,
        files={} if outcome.proxy is None else {"proxy": outcome.proxy},
    )
    checkpoint("services.analyze.stored")
    warnings += [text for run in outcome.runs if run.result is not None for text in run.result.warnings]
    return Analyzed(request.video, session, tuple(warnings))


def told_settings() -> Settings:
    """The coach's settings; what is wrong with their file is told."""
    settings = load_settings()
    for warning in settings.warnings:
        _log.warning("%s", warning)
    return settings


def limits(settings: Settings) -> Limits:
    """What an analysis may take, as the coach has set it."""
    return Limits(settings.whole("analysis.memory_limit_mb") * 2**20, settings.whole("analysis.stall_timeout_s"))


@contextmanager
def spool(library: Library) -> Iterator[Path]:
    """A folder on the library's own disk, so that what is kept is renamed, not copied."""
    folder = library.scratch / f"analysis-{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _executor(jobs: int, cluster: str | None) -> Iterator[Executor]:
    if cluster is not None:
        with cluster_executor(cluster) as executor:
            yield executor
        return
    with local_pool(jobs) as pool:
        yield pool
