"""Python source changed at a place that its syntax tree names, so that everything else stays as it was written."""

from __future__ import annotations

import ast
from collections.abc import Callable

from bot.errors import SetupError


def bound_names(source: str) -> set[str]:
    """The names that a module binds by imports and assignments at its top."""
    body = ast.parse(source).body
    imported = {
        a.asname or a.name for node in body if isinstance(node, ast.Import | ast.ImportFrom) for a in node.names
    }
    assigned = {
        n.id for node in body for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return imported | assigned


def with_import(source: str, module: str, names: str) -> str:
    """`from module import names`, in its alphabetical place among the imports of this kind."""
    imports = [
        node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom) and node.module != "__future__"
    ]
    root = module.partition(".")[0]
    alike = [node for node in imports if (node.module or "").partition(".")[0] == root]
    if not alike:
        raise SetupError(f"there is no import from {root} beside which a new one could stand")
    later = [node for node in alike if (node.module or "") > module]
    line = later[0].lineno - 1 if later else alike[-1].end_lineno or alike[-1].lineno
    return _inserted(source, line, f"from {module} import {names}")


def with_row_after(source: str, row: str, is_like: Callable[[ast.Call], bool]) -> str:
    """A row below the last one of a table that is like it."""
    calls = [
        element
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Tuple)
        for element in node.elts
        if isinstance(element, ast.Call) and is_like(element)
    ]
    if not calls:
        raise SetupError("the table has no row of this kind beside which a new one could stand")
    last = max(calls, key=lambda call: call.lineno)
    return _inserted(source, last.end_lineno or last.lineno, f"    {row},")


def with_entry(source: str, table: str, entry: str) -> str:
    """An entry at the end of the dictionary that is bound to `table`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == table:
            return _inserted(source, (node.end_lineno or node.lineno) - 1, f"    {entry},")
    raise SetupError(f"there is no table {table}")


def _inserted(source: str, after: int, line: str) -> str:
    lines = source.splitlines(keepends=True)
    return "".join([*lines[:after], f"{line}\n", *lines[after:]])
