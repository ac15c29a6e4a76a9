"""What the window says, in the coach's language: English texts are the keys of a catalogue. Base room.

A catalogue is a JSON object of texts, `<language>.json`, in the package's `locale` or in the settings folder's, where a
club can put its own. What a catalogue does not say is said in English. See docs/decisions for why no gettext.
"""

from __future__ import annotations

import re
from pathlib import Path

from coachvision import paths

ENGLISH = "en"
_OURS = Path(__file__).parent / "locale"
_said: dict[str, str] = {}
# Patterns of whole sentences with what they say, the most telling first; made when the first is looked up.
_sentences: list[tuple[re.Pattern[str], str]] = []
_NUMBERED = "{1}"


def folders() -> tuple[Path, Path]:
    """Where catalogues lie; the coach's own go before ours."""
    return paths.config_dir() / "locale", _OURS


def choose(language: str) -> list[str]:
    """Speak that language from now on. Returns what is wrong, in words: no such catalogue, or a damaged one."""
    _said.clear()
    _sentences.clear()
    if language in ("", ENGLISH):
        return []
    # English needs no catalogue: it is on screen the sooner.
    import json

    for folder in folders():
        path = folder / f"{language}.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            return [f"{path.name} cannot be read ({error}); English is used."]
        if not isinstance(told, dict):
            return [f"{path.name} is no list of texts; English is used."]
        _said.update({key: text for key, text in told.items() if isinstance(text, str) and text})
        return []
    return [f"There is no catalogue for the language {language!r}; English is used."]


def tr(text: str, /, **values: object) -> str:
    """The text in the coach's language, its `{names}` filled in; in English where the translation misses a name.

    Raises KeyError where the English text itself names something that is not given.
    """
    told = _said.get(text, text)
    if not values:
        return told
    try:
        return told.format(**values)
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def retold(sentence: str, /) -> str:
    """A sentence that was put together in English, naming what it met, in the coach's language.

    The catalogue's text has `{1}`, `{2}` where something is named.
    """
    if not _said or sentence in _said:
        return tr(sentence)
    if not _sentences:
        _sentences.extend(_patterns())
    for pattern, told in _sentences:
        if found := pattern.fullmatch(sentence):
            return _filled(told, {name[1:]: value for name, value in found.groupdict().items()})
    return sentence


def _filled(text: str, named: dict[str, str]) -> str:
    return re.sub(r"\{(\d)\}", lambda place: named.get(place[1], place[0]), text)


def _patterns() -> list[tuple[re.Pattern[str], str]]:
    made = []
    for text in sorted((text for text in _said if _NUMBERED in text), key=len, reverse=True):
        seen: set[str] = set()
        parts = []
        for part in re.split(r"(\{\d\})", text):
            if not re.fullmatch(r"\{\d\}", part):
                parts.append(re.escape(part))
            elif part in seen:
                parts.append(f"(?P=n{part[1]})")
            else:
                seen.add(part)
                parts.append(f"(?P<n{part[1]}>.+?)")
        made.append((re.compile("".join(parts), re.DOTALL), _said[text]))
    return made


def counted(count: int, one: str, many: str, /, **values: object) -> str:
    """How many there are, in the coach's language: `one` for a single thing, else `many` with its `{count}`."""
    return tr(one if count == 1 else many, count=count, **values)


def said(text: str) -> str:
    """Marks a text of a table for the catalogue; whoever shows it gives it to `tr`."""
    return text
