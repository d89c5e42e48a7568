"""Finds in our source the calls that name a reason or an event, and the facts that they give."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("common", "hal", "cardio", "desk", "terminal", "accumulator", "center", "simulators")


@dataclass(frozen=True)
class Call:
    """`called(table.member, fact=…)`; `facts` is None where the call does not spell them out."""

    where: str
    called: str
    member: str
    facts: frozenset[str] | None


def calls(table: str) -> Iterator[Call]:
    """Yield every call whose first argument is a member of `table`, such as `Reason.CARD_TORN`."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and _name(node.args[0], 1) == table:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield Call(where, _name(node.func), _name(node.args[0]), _facts(node))


def _name(node: ast.expr, depth: int = 0) -> str:
    for _ in range(depth):
        if not isinstance(node, ast.Attribute):
            return ""
        node = node.value
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _facts(node: ast.Call) -> frozenset[str] | None:
    """Return the names of keywords, of a literal mapping, or of literal pairs."""
    names = [keyword.arg for keyword in node.keywords]
    match node.args[1:]:
        case []:
            pass
        case [ast.Dict(keys=keys)]:
            names += [_text(key) for key in keys]
        case [ast.Tuple(elts=pairs)]:
            names += [
                _text(p.elts[0]) if isinstance(p, ast.Tuple) and p.elts else None for p in pairs
            ]
        case _:
            return None
    found = [name for name in names if name is not None]
    return frozenset(found) if len(found) == len(names) else None


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
