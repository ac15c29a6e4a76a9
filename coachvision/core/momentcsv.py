"""Tagged moments as a table, out and in: one line a moment, times in seconds from the first frame. Pure.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from coachvision.core.interchange import MOST, TimedMoment, seconds_text

COLUMNS = ("category", "start_s", "end_s", "descriptors", "note", "colour")
_NEEDED = ("category", "start_s")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


class MomentCsvError(ValueError):
    """The text is not such a table; says why, for people."""


def write_csv(moments: Sequence[TimedMoment]) -> str:
    """The table's text. end_s is empty for an instant; descriptors stand beside one another with a semicolon."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    table.writerow(COLUMNS)
    for one in moments:
        times = seconds_text(one.start_s), "" if one.end_s is None else seconds_text(one.end_s)
        words = ";".join(word.replace("\\", "\\\\").replace(";", "\\;") for word in one.descriptors)
        table.writerow((_guarded(one.category), *times, _guarded(words), _guarded(one.note), one.colour))
    return out.getvalue()


def read_csv(text: str) -> list[TimedMoment]:
    """The moments of a table, in its order. Needed are category and start_s; other columns may be absent or unknown.

    Raises MomentCsvError, naming the line.
    """
    rows = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""), dialect=_dialect(text))
    try:
        heading = [name.strip().casefold() for name in next(rows, [])]
        missing = [name for name in _NEEDED if name not in heading]
        if missing:
            raise MomentCsvError(f"Its first line has no column {' and no column '.join(missing)}.")
        found: list[TimedMoment] = []
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(found) >= MOST:
                raise MomentCsvError(f"It holds more than {MOST} moments.")
            found.append(_moment(dict(zip(heading, row, strict=False)), rows.line_num))
    except csv.Error as error:
        raise MomentCsvError(f"Line {rows.line_num} cannot be read: {error}.") from error
    return found


def _dialect(text: str) -> type[csv.Dialect]:
    """Commas, or the semicolons that a spreadsheet writes where the comma is in the numbers."""
    first = text.partition("\n")[0]
    return _Semicolons if first.count(";") > first.count(",") else csv.excel


class _Semicolons(csv.excel):
    delimiter = ";"


def _moment(cells: dict[str, str], line: int) -> TimedMoment:
    category = _unguarded(cells["category"]).strip()
    if not category:
        raise MomentCsvError(f"Line {line} has no category.")
    try:
        start = _number(cells.get("start_s", ""))
        end = _number(cells["end_s"]) if cells.get("end_s", "").strip() else None
        return TimedMoment(
            category,
            start,
            end,
            _colour(cells.get("colour", "")),
            _words(_unguarded(cells.get("descriptors", ""))),
            _unguarded(cells.get("note", "")),
        )
    except ValueError as error:
        raise MomentCsvError(f"Line {line} has no usable times: {error}.") from error


def _number(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _colour(text: str) -> str:
    told = text.strip().casefold()
    return told if len(told) == 7 and told[0] == "#" and all(c in "0123456789abcdef" for c in told[1:]) else ""


def _words(text: str) -> tuple[str, ...]:
    """Apart at semicolons, but for those behind a backslash."""
    words, word, quoted = [], "", False
    for letter in text:
        if quoted:
            word, quoted = word + letter, False
        elif letter == "\\":
            quoted = True
        elif letter == ";":
            words.append(word)
            word = ""
        else:
            word += letter
    return tuple(one for one in (*words, word) if one)


def _guarded(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text
