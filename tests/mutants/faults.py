"""Small faults in a function's code: what a change by mistake would look like, one at a time.

A fault is made in the syntax tree and compiled; no file is written. What is outside functions (constants, defaults,
class bodies) is left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import CodeType

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Step = tuple[str, int | None]
SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what stands there and what would stand there instead."""

    path: str
    function: str
    line: int
    was: str
    becomes: str
    way: tuple[Step, ...]
    nth: int

    def __str__(self) -> str:
        return f"{self.path} {self.function}: {self.was} → {self.becomes}"


@dataclass
class Source:
    """A module's file and its functions by qualified name."""

    path: str
    tree: ast.Module
    functions: dict[str, FunctionNode]

    @classmethod
    def read(cls, root: Path, path: str) -> Source:
        """The module as it stands in the file."""
        tree = ast.parse((root / path).read_text())
        return cls(path, tree, dict(_functions(tree.body, "")))

    def faults(self, *, guards_only: bool = False) -> list[Fault]:
        """Every fault, in the order of the file; with `guards_only` those of conditions that raise."""
        return [
            fault
            for name, node in self.functions.items()
            for fault in self._faults_of(name, node)
            if not guards_only or self._of_a_guard(fault)
        ]

    def code_with(self, fault: Fault) -> CodeType:
        """The code of the fault's function with the fault in it."""
        tree = copy.deepcopy(self.tree)
        *before, (field, at) = fault.way
        parent = _follow(tree, before)
        node = _follow(parent, [(field, at)])
        other = list(alternatives(node))[fault.nth]
        if at is None:
            setattr(parent, field, other)
        else:
            getattr(parent, field)[at] = other
        return code_of(ast.fix_missing_locations(tree), self.path, fault.function)

    def codes_that_tell(self, numbers: Mapping[str, int]) -> dict[str, CodeType]:
        """The code of each function that first puts its number into the builtin `touched`."""
        tree = copy.deepcopy(self.tree)
        nodes = dict(_functions(tree.body, ""))
        for name, number in numbers.items():
            told = ast.parse(f"__touched__.add({number})").body[0]
            nodes[name].body.insert(1 if ast.get_docstring(nodes[name]) else 0, told)
        module = compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)
        return {name: code_in(module, name) for name in numbers}

    def _faults_of(self, name: str, node: FunctionNode) -> Iterator[Fault]:
        way = _way_to(self.tree, node)
        for more, inner in _inside(node):
            was = _first_line(inner)
            for nth, other in enumerate(alternatives(inner)):
                yield Fault(self.path, name, inner.lineno, was, _first_line(other), (*way, *more), nth)

    def _of_a_guard(self, fault: Fault) -> bool:
        node: ast.AST = self.tree
        for at in range(len(fault.way) + 1):
            node = _follow(self.tree, fault.way[:at])
            if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
                rest = fault.way[at:]
                return not rest or rest[0][0] == "test"
        return isinstance(node, ast.Expr) and "must_" in ast.unparse(node)


def sample(faults: Sequence[Fault], number: int, seed: int) -> list[Fault]:
    """So many of them, in the order given; a change elsewhere in the code leaves the others in the sample."""

    def drawn(at: int) -> bytes:
        return sha256(f"{seed} {faults[at]}".encode()).digest()

    return [faults[at] for at in sorted(sorted(range(len(faults)), key=drawn)[:number])]


def alternatives(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901  # one table, a row a kind of node
    """What could stand in the place of a node by mistake."""
    match node:
        case ast.If(body=body) if isinstance(body[-1], ast.Raise | ast.Return | ast.Continue):
            yield _like(node, test=ast.Constant(False))
        case ast.If() | ast.IfExp():
            yield _like(node, test=ast.Constant(False))
            yield _like(node, test=ast.Constant(True))
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            yield _like(node, ops=[SWAPS[type(op)]()])
        case ast.BoolOp(op=op, values=values):
            yield _like(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for at in range(len(values)):
                left = [value for n, value in enumerate(values) if n != at]
                yield left[0] if len(left) == 1 else _like(node, values=left)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=ast.Add() | ast.Sub() as op, left=left, right=right) if not (_text(left) or _text(right)):
            yield _like(node, op=ast.Sub() if isinstance(op, ast.Add) else ast.Add())
        case ast.BinOp(op=ast.Mult() as op):
            yield _like(node, op=ast.Add())
        case ast.Constant(value=bool() as value):
            yield _like(node, value=not value)
        case ast.Constant(value=int() as value):
            yield _like(node, value=value + 1)
        case ast.comprehension(ifs=[_, *_] as ifs):
            for at in range(len(ifs)):
                yield _like(node, ifs=[each for n, each in enumerate(ifs) if n != at])
        case ast.Call(func=ast.Name(id=name) as func) if name in TWINS:
            yield _like(node, func=_like(func, id=TWINS[name]))
        case ast.Call(func=ast.Name(id="replace"), keywords=keywords):
            for at in range(len(keywords)):
                yield _like(node, keywords=[each for n, each in enumerate(keywords) if n != at])
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield ast.copy_location(ast.Pass(), node)


def code_of(tree: ast.Module, path: str, function: str) -> CodeType:
    """The code object of a function in a compiled module."""
    return code_in(compile(tree, path, "exec", dont_inherit=True), function)


def code_in(module: CodeType, function: str) -> CodeType:
    """The code object of a function by its qualified name."""
    code = module
    *classes, name = function.split(".")
    for each in (*classes, name):
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == each)
    return code


def _functions(body: Sequence[ast.stmt], inside: str) -> Iterator[tuple[str, FunctionNode]]:
    for node in body:
        if isinstance(node, FunctionNode):
            yield f"{inside}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{inside}{node.name}.")


def _inside(function: FunctionNode) -> Iterator[tuple[tuple[Step, ...], ast.expr | ast.stmt]]:
    """Every node of a function's body with the way to it; not what is only said: docstrings, assertions, errors."""
    waiting: list[tuple[tuple[Step, ...], ast.AST]] = [
        ((("body", at),), node) for at, node in reversed(list(enumerate(function.body)))
    ]
    while waiting:
        way, node = waiting.pop()
        if isinstance(node, ast.Assert | ast.Raise | ast.JoinedStr):
            continue
        if isinstance(node, ast.expr | ast.stmt):
            yield way, node
        elif isinstance(node, ast.comprehension):
            node.lineno = node.iter.lineno  # type: ignore[attr-defined]  # a comprehension has no place of its own
            yield way, node  # type: ignore[misc]  # with one it is told like an expression
        below: list[tuple[tuple[Step, ...], ast.AST]] = []
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "decorator_list"}:
                continue
            if isinstance(value, ast.AST):
                below.append(((*way, (field, None)), value))
            elif isinstance(value, list):
                below += [((*way, (field, at)), each) for at, each in enumerate(value) if isinstance(each, ast.AST)]
        waiting += reversed(below)


def _way_to(tree: ast.Module, function: FunctionNode) -> tuple[Step, ...]:
    def search(body: Sequence[ast.stmt]) -> tuple[Step, ...]:
        for at, node in enumerate(body):
            if node is function:
                return (("body", at),)
            if isinstance(node, ast.ClassDef) and (found := search(node.body)):
                return (("body", at), *found)
        return ()

    return search(tree.body)


def _follow(node: ast.AST, way: Sequence[Step]) -> ast.AST:
    for field, at in way:
        value = getattr(node, field)
        node = value if at is None else value[at]
    return node


def _like(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for field, value in changed.items():
        setattr(other, field, value)
    return other


def _text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _first_line(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}" + "".join(
            f" if {ast.unparse(each)}" for each in node.ifs
        )
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]
