"""The folder through which a worker hands over what it found: JSON and arrays, never pickles.

Everything is written aside and renamed, so that what is there is whole, whenever the worker was killed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from coachvision.checkpoints import checkpoint
from coachvision.core.packing import pack, unpack
from coachvision.core.results import Result
from coachvision.errors import CoachVisionError, from_data
from coachvision.video.facts import VideoFacts, from_bytes, to_bytes


@dataclass(frozen=True)
class Run:
    """One analyzer's part of an analysis: its result, or why there is none. title: for people."""

    analyzer: str
    title: str
    version: str
    parameters: dict[str, Any] = field(default_factory=dict)
    result: Result | None = None
    error: str | None = None


class Spool:
    """A private folder of one analysis."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def proxy(self) -> Path:
        """Where the proxy, the filmstrip and the activity curve go."""
        return self.folder / "proxy"

    def save_run(self, run: Run) -> None:
        """Keep one analyzer's part."""
        header, arrays = pack(run.result) if run.result is not None else (None, {})
        if run.result is not None:
            # Arrays first: a header without arrays would be a result that cannot be read.
            part = self.folder / f"run.{run.analyzer}.npz.part"
            with part.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the names for options
            part.replace(self.folder / f"run.{run.analyzer}.npz")
        document = {
            "analyzer": run.analyzer,
            "title": run.title,
            "version": run.version,
            "parameters": run.parameters,
            "error": run.error,
            "result": header,
        }
        self._write(f"run.{run.analyzer}.json", document)

    def load_run(self, analyzer: str) -> Run | None:
        """An analyzer's part, or None where there is none yet."""
        path = self.folder / f"run.{analyzer}.json"
        if not path.exists():
            return None
        document = json.loads(path.read_text("utf-8"))
        header = document.pop("result")
        result = None
        if header is not None:
            with np.load(self.folder / f"run.{analyzer}.npz", allow_pickle=False) as arrays:
                result = unpack(header, dict(arrays))
        return Run(**document, result=result)

    def save_facts(self, facts: VideoFacts) -> None:
        """Keep the facts of the video, in real time."""
        self._write_bytes("facts", to_bytes(facts))

    def load_facts(self) -> VideoFacts:
        """The facts that `save_facts` kept. Raises ValueError for anything but sound facts."""
        return from_bytes((self.folder / "facts").read_bytes())

    def save_error(self, error: CoachVisionError) -> None:
        """Keep why nothing could be done."""
        self._write("error.json", error.as_data())

    def load_error(self) -> CoachVisionError | None:
        """Why nothing could be done, or None."""
        path = self.folder / "error.json"
        return from_data(json.loads(path.read_text("utf-8"))) if path.exists() else None

    def save_end(self, order: list[str], warnings: list[str]) -> None:
        """The last thing a worker writes: the order of the runs, and the warnings."""
        self._write("end.json", {"order": order, "warnings": warnings})

    def load_end(self) -> dict[str, Any] | None:
        """What `save_end` kept, or None where the worker did not get there."""
        path = self.folder / "end.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        self._write_bytes(name, json.dumps(document, ensure_ascii=False).encode())

    def _write_bytes(self, name: str, data: bytes) -> None:
        part = self.folder / f"{name}.part"
        part.write_bytes(data)
        checkpoint("analysis.spool.before_rename")
        part.replace(self.folder / name)
        checkpoint("analysis.spool.after_rename")
