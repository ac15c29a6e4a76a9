"""What one analysis is asked to do: data that travels to the worker as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RegionAt(_Frozen):
    """A box around the athlete or object, upright pixels, drawn on the frame on screen at `time_s`."""

    x: float
    y: float
    width: float
    height: float
    time_s: float = 0.0


class LineAt(_Frozen):
    """A calibration line of known length between two points, upright pixels."""

    length_m: float
    x1: float
    y1: float
    x2: float
    y2: float
    time_s: float = 0.0


class Plan(_Frozen):
    """analyzers: ids, None for all that are enabled. parameters: by analyzer id. Times: real seconds from frame 0.

    excluded: analyzers that ended an earlier worker, with the reason in words. proxy: write proxy and filmstrip, too.
    proxy_folder: where those grow, so that a player can use them at once; None for the worker's own folder.
    """

    video: Path
    plugin_dir: Path
    analyzers: tuple[str, ...] | None = None
    parameters: dict[str, dict[str, Any]] = {}
    start_s: float | None = None
    end_s: float | None = None
    regions: tuple[RegionAt, ...] = ()
    calibration: LineAt | None = None
    capture_fps: float | None = None
    athlete_height_m: float | None = None
    exercise: str = ""
    proxy: bool = True
    proxy_folder: Path | None = None
    excluded: dict[str, str] = {}
