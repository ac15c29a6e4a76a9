"""Where the window hands work to another thread, read from its source. For the tests of how work ends."""

from __future__ import annotations

import ast
from pathlib import Path

import coachvision.app

_ROOT = Path(coachvision.app.__file__).parent
# What `Tasks` and `OpenLibrary` themselves are made of.
_DOORS = {("tasks", "Tasks.run"), ("open_library", "OpenLibrary.run"), ("open_library", "OpenLibrary._run")}


def operations() -> set[str]:
    """`module:qualified name` of every function of the window that starts work off its thread."""
    found: set[str] = set()
    for path in sorted(_ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        found |= {f"{module}:{name}" for name in _starters(ast.parse(path.read_text("utf-8")), "")}
        found -= {f"{place}:{name}" for place, name in _DOORS}
    return found


def _starters(node: ast.AST, inside: str) -> set[str]:
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found |= _starters(child, f"{inside}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            name = f"{inside}{child.name}"
            if _starts(child):
                found.add(name)
            found |= _starters(child, f"{name}.<locals>.")
        else:
            found |= _starters(child, inside)
    return found


def _starts(function: ast.FunctionDef) -> bool:
    """Whether it starts work itself, not in a function within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rpartition(".")[2].lstrip("_")
            if (node.func.attr == "run" and owner in ("tasks", "actions")) or (
                node.func.attr == "_run" and owner == "self"
            ):
                return True
        waiting.extend(ast.iter_child_nodes(node))
    return False
