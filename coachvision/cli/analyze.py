"""`coachvision analyze`: videos in, stored sessions out. For `cli.main`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coachvision.cli import common, progress, values
from coachvision.errors import Cancelled, CoachVisionError, UsageError, VideoError

if TYPE_CHECKING:
    from coachvision.library import Library
    from coachvision.services.analyze import Analyzed, Request

Failures = list[tuple[Path | str, CoachVisionError]]

_VIDEOS = typer.Argument(
    # One that may not be read fails by itself, as every other bad file does; the batch goes on.
    readable=False,
    help="Video files, or one session file (.toml) that names them and holds these options.",
)
# As `coachvision.wire` has them: beyond, a session would be stored and then could not be listed.
LONGEST_NAME, LONGEST_TEXT = 200, 4_000
# Frames a second, and metres.
_MOST = {"capture_fps": 100_000, "height": 10}
# More processes than this Windows cannot wait for.
_MOST_JOBS = 61
_MEASURING = "What is measured, and how"
_OUTPUT = "What comes out"


@dataclass
class Wanted:
    """What was asked for, on the command line or in a session file."""

    videos: list[Path]
    request: dict[str, Any]
    report: Path | None = None
    json: str | None = None
    jobs: int = 1
    cluster: str | None = None
    sequence: float | None = None
    failures: Failures = field(default_factory=list)


def analyze(
    context: typer.Context,
    videos: Annotated[list[Path], _VIDEOS],
    with_: Annotated[
        str | None,
        typer.Option(
            "--with", help="Analyzers, with commas between (default: all enabled).", rich_help_panel=_MEASURING
        ),
    ] = None,
    athlete: Annotated[str | None, typer.Option(help="The athlete's name.")] = None,
    title: Annotated[str | None, typer.Option(help="A title for the session.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Start, in seconds or m:ss.", metavar="S")] = None,
    to: Annotated[str | None, typer.Option(help="End, in seconds or m:ss.", metavar="S")] = None,
    box: Annotated[
        list[str] | None,
        typer.Option(
            help="The athlete or object: x,y,w,h\\[@time], in pixels.", metavar="BOX", rich_help_panel=_MEASURING
        ),
    ] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            help="A line of known length: length_m:x1,y1,x2,y2\\[@time].", metavar="LINE", rich_help_panel=_MEASURING
        ),
    ] = None,
    capture_fps: Annotated[
        float | None,
        typer.Option(help="The rate at which slow motion was filmed.", metavar="N", rich_help_panel=_MEASURING),
    ] = None,
    sequence: Annotated[
        float | None,
        typer.Option(
            help="The videos are folders, or patterns (in quotation marks), of numbered pictures: so many a second.",
            metavar="FPS",
            rich_help_panel=_MEASURING,
        ),
    ] = None,
    exercise: Annotated[
        str | None, typer.Option(help="The movement, such as squat.", metavar="NAME", rich_help_panel=_MEASURING)
    ] = None,
    height: Annotated[
        float | None,
        typer.Option(help="The athlete's height in metres.", metavar="M", rich_help_panel=_MEASURING),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="An analyzer's parameter.", metavar="ANALYZER.NAME=VALUE", rich_help_panel=_MEASURING
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write an HTML report of each video into this folder.", metavar="DIR", rich_help_panel=_OUTPUT
        ),
    ] = None,
    json: Annotated[
        str | None,
        typer.Option(help="Write the result as JSON; - for standard output.", metavar="FILE", rich_help_panel=_OUTPUT),
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Videos analyzed at a time.", min=1, metavar="N")] = None,
    cluster: Annotated[str | None, typer.Option(help="A Dask scheduler that does the work.", metavar="URL")] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Leave the videos where they are.")] = False,
    no_proxy: Annotated[bool, typer.Option("--no-proxy", help="Make no fast preview.")] = False,
) -> None:
    """Analyze videos and keep the sessions in the library."""
    given = {
        "with": with_, "athlete": athlete, "title": title, "from": from_, "to": to, "box": box, "calibrate": calibrate,
        "capture_fps": capture_fps, "exercise": exercise, "height": height, "parameters": set_, "report": report,
        "json": json, "jobs": jobs, "cluster": cluster, "in_place": in_place or None, "no_proxy": no_proxy or None,
        "sequence": sequence,
    }  # fmt: skip
    wanted = _wanted(videos, {name: value for name, value in given.items() if value not in (None, [])})
    with common.opened(context) as library:
        done = _carry_out(library, wanted)
        _write_reports(library, wanted, done)
        _write_json(library, wanted, done)
        _tell(library, wanted, done)
    common.finish(len(done), wanted.failures)


def add_to(app: typer.Typer) -> None:
    """Put the command into the program."""
    app.command("analyze")(analyze)


def _wanted(videos: list[Path], given: dict[str, Any]) -> Wanted:
    """Session file and command line together; the command line wins. Raises UsageError."""
    told: dict[str, Any] = {}
    if any(video.suffix.lower() == ".toml" for video in videos):
        if len(videos) > 1:
            raise UsageError("One session file at a time", "A session file names its videos itself.")
        from coachvision.cli import sessionfile

        kept = sessionfile.read(videos[0])
        told = {key: value for key, value in kept.model_dump(by_alias=True).items() if value}
        videos = told.pop("videos")
    tables = told.pop("parameters", {})
    for analyzer, table in values.parameters(given.pop("parameters", [])).items():
        tables[analyzer] = {**tables.get(analyzer, {}), **table}
    told |= given
    if "sequence" in told and told.get("in_place"):
        raise UsageError(
            "Not both", "Pictures are kept in the library as a film; --in-place cannot go with --sequence."
        )
    return Wanted(
        videos,
        _request(told, tables),
        told.get("report"),
        told.get("json"),
        int(told.get("jobs", 1)),
        told.get("cluster"),
        told.get("sequence"),
    )


def _storable(option: str, text: str, most: int) -> None:
    """Raise UsageError for words that could be stored but never shown again."""
    if len(text) > most:
        raise UsageError("Too long", f"--{option} has {len(text)} characters; it can have {most}.")
    if not _is_text(text):
        raise UsageError("Not text", f"--{option} holds bytes that are no text: “{text}”.")


def _is_text(words: str) -> bool:
    """False where the system handed over bytes that are not UTF-8 (Python keeps them as surrogates)."""
    return not any("\ud800" <= character <= "\udfff" for character in words)


def _request(told: dict[str, Any], tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The fields of `services.analyze.Request` but the video."""
    start = values.seconds(told["from"]) if "from" in told else None
    end = values.seconds(told["to"]) if "to" in told else None
    if end is not None and end <= (start or 0):
        raise UsageError("Nothing in between", f"--to {told['to']} is not after --from {told.get('from', 0)}.")
    for option in ("capture_fps", "height"):
        if not 0 < told.get(option, 1) <= _MOST[option]:
            name = option.replace("_", "-")
            raise UsageError("Not possible", f"--{name} must be more than 0 and at most {_MOST[option]}.")
    for option, most in (("title", LONGEST_TEXT), ("athlete", LONGEST_NAME), ("exercise", LONGEST_NAME)):
        _storable(option, told.get(option) or "", most)
    analyzers = told.get("with")
    if isinstance(analyzers, str):
        analyzers = [analyzers]
    if analyzers is not None:
        analyzers = tuple(name.strip() for text in analyzers for name in text.split(",") if name.strip())
        if not analyzers:
            raise UsageError("No analyzer named", "--with names none. Without --with all enabled analyzers run.")
    return {
        "analyzers": analyzers,
        "athlete": told.get("athlete"),
        "title": told.get("title", ""),
        "start_s": start,
        "end_s": end,
        "regions": tuple(values.box(text) for text in told.get("box", ())),
        "calibration": values.line(told["calibrate"]) if "calibrate" in told else None,
        "capture_fps": told.get("capture_fps"),
        "exercise": told.get("exercise", ""),
        "athlete_height_m": told.get("height"),
        "parameters": tables,
        "copy": False if told.get("in_place") else None,
        "proxy": False if told.get("no_proxy") else None,
    }


def _misnamed(video: Path) -> CoachVisionError:
    return VideoError(
        "The file's name cannot be kept",
        f"“{common.clean(video.name)}” has bytes in its name or folder that are no text.",
        hint="Rename it, then try again.",
        path=video,
    )


def _carry_out(library: Library, wanted: Wanted) -> list[Analyzed]:
    """The sessions that were made; what failed goes to the failures. Raises Cancelled."""
    from coachvision.services.analyze import Request, check

    sound = [video for video in wanted.videos if _is_text(str(video))]
    wanted.failures += [(video, _misnamed(video)) for video in wanted.videos if video not in sound]
    if not sound:
        return []
    check(Request(video=sound[0], **wanted.request))
    with progress.interruptible() as cancelled:
        if wanted.sequence is None:
            return _each(library, wanted, [Request(video=video, **wanted.request) for video in sound], cancelled)
        from coachvision.cli.sequences import filmed
        from coachvision.services.analyze import spool

        with spool(library) as folder:
            films = filmed(library, sound, wanted.sequence, folder, wanted.failures, cancelled)
            told = {**wanted.request}
            title = told.pop("title")
            requests = [Request(video=film, title=title or made_of, **told) for film, made_of, _ in films]
            done = _each(library, wanted, requests, cancelled)
            # The coach never saw the films' own places.
            source = {film: named for film, _, named in films}
            wanted.failures = [(source.get(Path(at), at), error) for at, error in wanted.failures]
            return done


def _each(library: Library, wanted: Wanted, requests: list[Request], cancelled: Callable[[], bool]) -> list[Analyzed]:
    from coachvision.services.analyze import analyze as analyze_one

    if requests and (wanted.cluster or (len(requests) > 1 and wanted.jobs > 1)):
        return _together(library, wanted, requests, cancelled)
    done: list[Analyzed] = []
    for number, request in enumerate(requests, 1):
        counted = f"{request.video.name} ({number} of {len(requests)})" if len(requests) > 1 else request.video.name
        try:
            with progress.bar(counted) as tell:
                done.append(analyze_one(library, request, progress=progress.reporting(tell), cancelled=cancelled))
        except CoachVisionError as error:
            if cancelled():
                # Whatever went wrong while the coach was stopping it is of no interest.
                raise Cancelled from error
            if isinstance(error, UsageError) and len(requests) == 1:
                raise
            wanted.failures.append((request.video, error))
    return done


def _together(library: Library, wanted: Wanted, requests: list[Request], cancelled: Any) -> list[Analyzed]:
    from coachvision.services.analyze import Failed, analyze_many

    done: list[Analyzed] = []
    with progress.bar(f"{len(requests)} videos") as tell:
        ends = analyze_many(
            library,
            requests,
            jobs=min(wanted.jobs, len(requests), _MOST_JOBS),
            cluster=wanted.cluster,
            progress=progress.reporting(tell),
            cancelled=cancelled,
        )
    if cancelled():
        raise Cancelled
    for end in ends:
        if isinstance(end, Failed):
            wanted.failures.append((end.path, end.error))
        else:
            done.append(end)
    return done


def _write_reports(library: Library, wanted: Wanted, done: list[Analyzed]) -> None:
    if wanted.report is None:
        return
    from coachvision.services.export.html import export_html

    taken: set[str] = set()
    for one in done:
        stem = one.path.stem
        # Two videos of one name (from two phones) get two reports.
        name = stem if stem not in taken else f"{stem}-{one.session_id[:8]}"
        taken.add(stem)
        try:
            export_html(library, one.session_id, wanted.report / f"{name}.html")
        except CoachVisionError as error:
            wanted.failures.append((wanted.report / f"{name}.html", error))


def _write_json(library: Library, wanted: Wanted, done: list[Analyzed]) -> None:
    if wanted.json is None:
        return
    from coachvision.services.document import document
    from coachvision.services.export.target import replacing
    from coachvision.services.session import read_session
    from coachvision.wire.session import FailedRecord

    failed = [
        FailedRecord(path=common.clean(str(path)), error=str(error), hint=error.hint) for path, error in wanted.failures
    ]
    text = document([read_session(library, one.session_id) for one in done], failed).to_json()
    if wanted.json == "-":
        sys.stdout.write(text + "\n")
        return
    target = Path(wanted.json)
    try:
        with replacing(library, target) as part:
            part.write_text(text + "\n", encoding="utf-8")
    except CoachVisionError as error:
        wanted.failures.append((target, error))


def _seldom(said: str) -> str:
    """A number from a limb that was mostly guessed must not stand beside a measured one as its like."""
    return f"({said})" if said else ""


def _tell(library: Library, wanted: Wanted, done: list[Analyzed]) -> None:
    """What was found, for people: on stdout, or on stderr where stdout carries the JSON."""
    from coachvision.services.conventions import ANGLES, UNCERTAINTY
    from coachvision.services.export.numbers import cards, in_view
    from coachvision.services.session import read_session

    out = common.console(err=wanted.json == "-")
    angles = False
    for one in done:
        session = read_session(library, one.session_id)
        out.print(f"[bold]{common.plain(one.path.name)}[/bold]  session {one.session_id}")
        for card in cards(session, session.main_subject):
            figures = ", ".join(
                " ".join(part for part in (f.side, f.value + f.unit, f.spread, _seldom(f.seldom)) if part)
                for f in card.figures
            )
            out.print(f"  {common.plain(card.title)}: {common.plain(figures)}")
            angles = angles or any(f.unit == "°" for f in card.figures)
        found = in_view(session, session.main_subject)
        if found is not None and found[0] < found[1]:
            out.print(f"  Athlete found in {found[0]} of {found[1]} frames")
        for warning in one.warnings:
            common.warn(f"{one.path.name}: {warning}")
    if angles:
        for convention in (*ANGLES[:2], UNCERTAINTY):
            out.print(f"[dim]{convention}[/dim]")
    if wanted.report is not None and done:
        out.print(f"Reports are in {common.plain(str(wanted.report))}")
