"""Pydantic's findings about a manifest, said as a coach or plugin author would. Manifest uses it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_KINDS = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
# Branches of pydantic's unions, which end a location; they are no keys of the file.
_BRANCHES = frozenset({"bool", "int", "float", "str"})


def in_plain_words(error: ValidationError, known_keys: Iterable[str]) -> str:
    """One clause for each wrong key, in the order of the file's model, joined by semicolons."""
    known = tuple(known_keys)
    clauses: list[str] = []
    for detail in error.errors(include_url=False):
        clause = _clause(detail, known)
        if clause not in clauses:
            clauses.append(clause)
    return "; ".join(clauses)


def _clause(detail: ErrorDetails, known: tuple[str, ...]) -> str:
    branched = detail["loc"][-1:] != () and detail["loc"][-1] in _BRANCHES
    key = _key(detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return f"{key} is missing"
    if kind == "extra_forbidden":
        close = get_close_matches(str(detail["loc"][-1]), known, n=1)
        return f"{key} is no key of a manifest" + (f" (did you mean `{close[0]}`?)" if close else "")
    if kind == "value_error":
        return f"{key}: {context['error']}" if key else str(context["error"])
    given = _shown(detail["input"])
    if kind == "literal_error":
        return f"{key} must be {context['expected']}, not {given}"
    if branched:
        return f"{key} must be a plain value of the right type, not {given}"
    if kind in _KINDS:
        return f"{key} must be {_KINDS[kind]}, not {given}"
    return f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _key(location: tuple[int | str, ...]) -> str:
    if location and location[-1] in _BRANCHES:
        location = location[:-1]
    name = ""
    for part in location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return f"`{name}`" if name else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
