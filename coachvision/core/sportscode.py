"""Sportscode's XML of tagged moments, out and in: instances with codes and labels, rows with colours. Pure.

The shape is the one that Sportscode, LongoMatch, Nacsport and others exchange. A file with a document type is refused:
entities are how such a file attacks its reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from coachvision.core.interchange import MOST, TimedMoment, seconds_text

# What XML 1.0 cannot hold at all.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DEEPEST = 32


class SportscodeError(ValueError):
    """The text is not such a file; says why, for people."""


def write_xml(moments: Sequence[TimedMoment]) -> str:
    """The file's text. A descriptor "Side: Left" is written as the label "Left" of the group "Side"."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<file>", "<ALL_INSTANCES>"]
    for number, one in enumerate(moments, start=1):
        end = one.start_s if one.end_s is None else one.end_s
        lines.append("<instance>")
        lines.append(f"<ID>{number}</ID>")
        lines.append(f"<start>{seconds_text(one.start_s)}</start>")
        lines.append(f"<end>{seconds_text(end)}</end>")
        lines.append(f"<code>{_text(one.category)}</code>")
        for descriptor in one.descriptors:
            group, _, text = descriptor.rpartition(": ")
            told = f"<group>{_text(group)}</group>" if group else ""
            lines.append(f"<label>{told}<text>{_text(text if group else descriptor)}</text></label>")
        if one.note:
            lines.append(f"<free_text>{_text(one.note)}</free_text>")
        lines.append("</instance>")
    lines += ["</ALL_INSTANCES>", "<ROWS>"]
    colours = {one.category: one.colour for one in moments if one.colour}
    for number, category in enumerate(dict.fromkeys(one.category for one in moments), start=1):
        lines.append(f"<row><sort_order>{number}</sort_order><code>{_text(category)}</code>")
        colour = colours.get(category)
        if colour is not None:
            red, green, blue = (int(colour[at : at + 2], 16) * 257 for at in (1, 3, 5))
            lines.append(f"<R>{red}</R><G>{green}</G><B>{blue}</B>")
        lines.append("</row>")
    return "\n".join([*lines, "</ROWS>", "</file>", ""])


def read_xml(data: bytes) -> list[TimedMoment]:
    """The moments of a file, in its order; start equal to end is an instant. Raises SportscodeError."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SportscodeError(f"It is not XML, or cut off: {error}.") from error
    if not reading.root_fits:
        raise SportscodeError("It has no <ALL_INSTANCES>: it holds no tagged moments.")
    return reading.moments()


def _refuse(*_: object) -> None:
    raise SportscodeError("It declares a document type, which such files have no use for.")


def _text(text: str) -> str:
    # A bare carriage return would come back as a line feed.
    return escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})


@dataclass
class _Instance:
    fields: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)


class _Reading:
    """What has been read so far. Names of elements count without their case: writers differ."""

    def __init__(self) -> None:
        self.root_fits = False
        self._path: list[str] = []
        self._words: list[str] = []
        self._instances: list[_Instance] = []
        self._label: dict[str, str] = {}
        self._row: dict[str, str] = {}
        self._colours: dict[str, str] = {}

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        name = name.casefold()
        self._path.append(name)
        self._words = []
        if len(self._path) > _DEEPEST:
            raise SportscodeError("Its elements are nested deeper than such files are.")
        if name == "all_instances":
            self.root_fits = True
        elif name == "instance":
            if len(self._instances) >= MOST:
                raise SportscodeError(f"It holds more than {MOST} moments.")
            self._instances.append(_Instance())
        elif name == "label":
            self._label = {}
        elif name == "row":
            self._row = {}

    def text(self, words: str) -> None:
        self._words.append(words)

    def end(self, _name: str) -> None:
        name = self._path.pop()
        inside = self._path[-1] if self._path else ""
        words, self._words = "".join(self._words), []
        if inside == "instance" and name != "label":
            self._instances[-1].fields[name] = words
        elif inside == "label":
            self._label[name] = words
        elif name == "label" and inside == "instance":
            self._keep_label()
        elif inside == "row":
            self._row[name] = words
        elif name == "row":
            self._keep_colour()

    def _keep_label(self) -> None:
        group, text = self._label.get("group", "").strip(), self._label.get("text", "").strip()
        if text or group:
            self._instances[-1].labels.append(f"{group}: {text}" if group and text else group or text)

    def _keep_colour(self) -> None:
        try:
            parts = [float(self._row[name]) for name in ("r", "g", "b")]
        except (KeyError, ValueError):
            # A colour is a nicety: without a usable one the category gets one of ours.
            return
        if all(0 <= part <= 65535 for part in parts):
            bytes_ = [round(part / 257) for part in parts]
            self._colours[self._row.get("code", "").strip()] = "#{:02x}{:02x}{:02x}".format(*bytes_)

    def moments(self) -> list[TimedMoment]:
        """Everything read, checked."""
        found = []
        for number, one in enumerate(self._instances, start=1):
            category = one.fields.get("code", "").strip()
            try:
                start, end = float(one.fields["start"]), float(one.fields.get("end") or one.fields["start"])
                found.append(
                    TimedMoment(
                        category or "Untitled",
                        start,
                        end if end != start else None,
                        self._colours.get(category, ""),
                        tuple(one.labels),
                        one.fields.get("free_text", "").strip(),
                    )
                )
            except (KeyError, ValueError) as error:
                told = "it has no start" if isinstance(error, KeyError) else str(error)
                raise SportscodeError(f"Moment {number} (“{category}”) has no usable times: {told}.") from error
        return found
