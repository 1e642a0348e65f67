"""Statements: scopes are opened, names bound and blocks told apart; expressions are read on the way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from awaken.index.expressions import (
    ExpressionReader,
    annotation_term,
    bind_parameters,
    parsed_annotation,
    plain_term,
    read_defaults,
)
from awaken.index.handover import handover_of
from awaken.index.off_loop import (
    GIVE_LOOPS,
    asked_first,
    asked_whether_running,
    catches_missing_loop,
    false_on_loop,
    leaves,
    true_on_loop,
)
from awaken.index.summary import Handler, Raised, ScopeKind, Use
from awaken.index.terms import (
    OPAQUE,
    Annotation,
    Attr,
    Call,
    Constant,
    Declared,
    Display,
    Element,
    Entered,
    Imported,
    Item,
    Name,
    Operation,
    Scoped,
    Term,
    last_part,
)
from awaken.index.type_checks import where_false, where_true
from awaken.syntax.names import last_name
from awaken.syntax.positions import Place
from awaken.syntax.suites import place_of
from awaken.syntax.walking import children, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.index.frame import Frame
    from awaken.index.type_checks import Checked


EVERYWHERE = frozenset(("apply",))
"""Last names of the functions whose calls are kept wherever they stand: `nest_asyncio.apply()` of a module."""


class StatementReader(ExpressionReader):
    """Reads the statements of one file."""

    declares_outer: bool
    """Whether `global` or `nonlocal` stands anywhere in the file."""
    handlers: list[Handler]
    stars: list[Imported]

    def read_body(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            reader = _READERS.get(type(statement))
            if reader:
                reader(self, statement)
            else:
                self.read_parts(statement)

    def read_block(
        self,
        body: Sequence[ast.stmt],
        *,
        loop: bool = False,
        typing_only: bool = False,
        off_loop: tuple[Term, ...] = (),
        known: Checked = (),
    ) -> None:
        """A body that may not run, or run again: a suite of its own, in which something is known of names."""
        before = self.frame.open_suite(loop=loop, typing_only=typing_only, off_loop=off_loop)
        if known:
            self.frame.check(_kinds(known), body[0].lineno, 0)
        self.read_body(body)
        self.frame.suite = before


def _function(reader: StatementReader, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators = tuple(reader.read(decorator) for decorator in node.decorator_list)
    read_defaults(reader, node.args)
    frame = reader.open_scope(ScopeKind.FUNCTION, node.name, node.lineno)
    frame.is_async = isinstance(node, ast.AsyncFunctionDef)
    frame.decorators = decorators
    frame.annotation = annotation_term(node.returns) if node.returns else None
    frame.handover = handover_of(node, method=_is_method(frame))
    bind_parameters(reader, node.args, node, annotated=True)
    if reader.declares_outer:
        _declare_outer(reader, node.body)
    frame.stub = _is_stub(node.body)
    reader.read_body(node.body)
    reader.close_scope()
    owner, term = reader.frame.owner(node.name), Scoped(frame.number)
    owner.bind(node.name, term, node.lineno, node.col_offset, reader.frame)
    if any(last_part(decorator) == "overload" for decorator in decorators):
        owner.overloads.append((node.name, term))


def _is_stub(body: Sequence[ast.stmt]) -> bool:
    """`...` or `raise NotImplementedError`, behind a docstring; `pass` alone does nothing on purpose."""
    return _is_missing(body[-1]) and all(map(_is_constant, body[:-1]))


def _is_missing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is ...
    )


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_method(frame: Frame) -> bool:
    """Whether the first parameter of a function is the object, or its class."""
    names = {each.id for each in frame.decorators if isinstance(each, Name)}
    in_class = frame.parent is not None and frame.parent.kind is ScopeKind.CLASS
    return in_class and "staticmethod" not in names


def _declare_outer(reader: StatementReader, body: Sequence[ast.stmt]) -> None:
    """`global` and `nonlocal` hold for the whole function, wherever they stand."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            kind = "global" if isinstance(node, ast.Global) else "nonlocal"
            reader.frame.outer.update(dict.fromkeys(node.names, kind))
        elif isinstance(node, ast.stmt) and not isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        ):
            pending.extend(
                child
                for child in children(node)
                if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case))
            )
        elif isinstance(node, (ast.excepthandler, ast.match_case)):
            pending.extend(child for child in children(node) if isinstance(child, ast.stmt))


def _class(reader: StatementReader, node: ast.ClassDef) -> None:
    decorators = tuple(reader.read(decorator) for decorator in node.decorator_list)
    bases = tuple(reader.read(base) for base in node.bases)
    for keyword in node.keywords:
        reader.read(keyword.value)
    frame = reader.open_scope(ScopeKind.CLASS, node.name, node.lineno)
    frame.decorators = decorators
    frame.bases = bases
    frame.metaclass = any(
        keyword.arg == "metaclass" and not ast.unparse(keyword.value).endswith("ABCMeta")
        for keyword in node.keywords
    )
    reader.read_body(node.body)
    reader.close_scope()
    reader.frame.owner(node.name).bind(
        node.name, Scoped(frame.number), node.lineno, node.col_offset, reader.frame
    )


def _return(reader: StatementReader, node: ast.Return) -> None:
    reader.frame.returns.append(reader.read(node.value))


def _assign(reader: StatementReader, node: ast.Assign) -> None:
    term = reader.read(node.value)
    _note_loops(reader, node.value, node.targets)
    for target in node.targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            reader.use(Use.ITERATE, term, node.value)
            if isinstance(node.value, ast.Tuple) and len(node.value.elts) == len(target.elts):
                values = term.items if isinstance(term, Display) else ()
                for item, value in zip(target.elts, values, strict=True):
                    reader.bind_target(item, value, node)
                continue
        reader.bind_target(target, term, node)


def _note_loops(
    reader: StatementReader, value: ast.expr | None, targets: Sequence[ast.expr]
) -> None:
    """Variables that may hold the running loop."""
    if isinstance(value, ast.Call) and last_name(value.func) in GIVE_LOOPS:
        reader.frame.loops.update(each.id for each in targets if isinstance(each, ast.Name))


def _annotated(reader: StatementReader, node: ast.AnnAssign) -> None:
    _note_loops(reader, node.value, [node.target])
    declared = annotation_term(node.annotation)
    value = reader.read(node.value) if node.value else None
    if isinstance(declared, Annotation) and node.value and last_part(declared.type) == "TypeAlias":
        quoted = value.value if isinstance(value, Constant) else None
        term = parsed_annotation(quoted) if isinstance(quoted, str) else value
        reader.bind_target(node.target, term or OPAQUE, node)
        return
    if isinstance(value, Constant) or value is None:
        term = declared or value or OPAQUE  # `x: Path | None = None` says nothing with its value
    else:
        term = Declared(value, declared) if isinstance(declared, Annotation) else value
    reader.bind_target(node.target, term, node)


def _augmented(reader: StatementReader, node: ast.AugAssign) -> None:
    value = reader.read(node.value)
    term = reader.read(node.target)
    reader.growths.note_change(node.target, reader.frame)
    if isinstance(node.target, ast.Name):
        if node.target.id in reader.frame.outer:
            reader.use(Use.READ, term, node.target)
        changed = Operation(term, type(node.op).__name__, value)
        reader.bind_name(node.target.id, changed, node)
    elif isinstance(node.target, ast.Attribute):
        reader.use(Use.ATTRIBUTE, term, node.target)  # it is read, too
    elif isinstance(term, Item):
        reader.use(Use.CONTAINS, term.base, node.target)


def _for(reader: StatementReader, node: ast.For | ast.AsyncFor) -> None:
    term = reader.iterate(node.iter, awaited=isinstance(node, ast.AsyncFor))
    before = reader.frame.open_suite(loop=True)
    reader.bind_target(node.target, Element(term), node.iter)
    reader.read_body(node.body)
    reader.frame.suite = before
    reader.read_block(node.orelse)


def _while(reader: StatementReader, node: ast.While) -> None:
    before = reader.frame.open_suite(loop=True)
    if isinstance(node.test, ast.Constant) and node.test.value:
        leaves = any(isinstance(inner, (ast.Break, ast.Return)) for inner in walk(node))
        reader.frame.home.endless |= not leaves
    reader.test(node.test)
    reader.read_body(node.body)
    reader.frame.suite = before
    reader.read_block(node.orelse)


def _if(reader: StatementReader, node: ast.If) -> None:
    reader.test(node.test)
    loops = reader.frame.loops | asked_whether_running(node.orelse)
    dead = _terms(false_on_loop(node.test, loops))
    taken = _terms(true_on_loop(node.test, loops))
    typing_only = _is_type_checking(node.test)
    true, false = where_true(node.test), where_false(node.test)
    reader.read_block(node.body, typing_only=typing_only, off_loop=dead, known=true)
    reader.read_block(node.orelse, off_loop=taken, known=false if node.orelse else ())
    end = node.end_lineno or node.lineno, node.end_col_offset or 0
    if leaves(node.body):
        reader.frame.check(_kinds(false), *end)
    elif leaves(node.orelse):
        reader.frame.check(_kinds(true), *end)
    if leaves(node.body):
        reader.frame.end_on_loop(node.end_lineno or node.lineno, taken)
    elif leaves(node.orelse):
        reader.frame.end_on_loop(node.end_lineno or node.lineno, dead)


def _kinds(known: Checked) -> list[tuple[str, Term]]:
    return [(name, plain_term(kind)) for name, kind in known]


def _terms(signs: Sequence[ast.expr]) -> tuple[Term, ...]:
    return tuple(map(plain_term, signs))


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _with(reader: StatementReader, node: ast.With | ast.AsyncWith) -> None:
    awaited = isinstance(node, ast.AsyncWith)
    for item in node.items:
        term = reader.read(item.context_expr)
        reader.use(Use.ENTER, term, item.context_expr, awaited=awaited)
        if item.optional_vars is not None:
            reader.bind_target(item.optional_vars, Entered(term, awaited), item.optional_vars)
    first = len(reader.frame.sites)
    reader.read_body(node.body)
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and last_name(call.func) == "suppress":
            caught = Display("tuple", tuple(map(plain_term, call.args)))
            guarded, body = _calls_since(reader, first), place_of(node.body)
            manager = plain_term(call.func)
            number = reader.frame.number
            reader.handlers.append(Handler(number, caught, guarded, body, manager=manager))


def _try(reader: StatementReader, node: Any) -> None:
    first = len(reader.frame.sites)
    reader.read_block(node.body)
    guarded, body = _calls_since(reader, first), place_of(node.body)
    asked = asked_first(node)
    missing = any(map(catches_missing_loop, node.handlers))
    signs = _terms([asked]) if asked is not None and missing else ()
    if signs:
        reader.frame.loops.update(_flags(node))
    for handler in node.handlers:
        off_loop = signs if catches_missing_loop(handler) else ()
        _handler(reader, handler, guarded, body, off_loop)
    reader.read_block(node.orelse)
    reader.read_block(node.finalbody)
    if leaves(node.orelse) or isinstance(node.body[-1], ast.Return):
        reader.frame.end_on_loop(node.end_lineno, signs)


def _calls_since(reader: StatementReader, first: int) -> tuple[Term, ...]:
    """The calls among the sites that were left since a number of them was there."""
    return tuple(site.term for site in reader.frame.sites[first:] if isinstance(site.term, Call))


def _flags(node: ast.Try) -> Iterator[str]:
    """Variables that a `try` for the running loop sets to say whether there is one."""
    for statement in (*node.body, *node.orelse):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            yield from (each.id for each in statement.targets if isinstance(each, ast.Name))


def _handler(
    reader: StatementReader,
    node: ast.ExceptHandler,
    guarded: tuple[Term, ...],
    body: Place,
    off_loop: tuple[Term, ...],
) -> None:
    term = reader.read(node.type) if node.type else None
    again, raises = _raises_again(node), _raises_always(node)
    reader.handlers.append(Handler(reader.frame.number, term, guarded, body, again, raises=raises))
    before = reader.frame.open_suite(off_loop=off_loop)
    if node.name:
        reader.frame.owner(node.name).bind(
            node.name, OPAQUE, node.lineno, node.col_offset, reader.frame
        )
    reader.read_body(node.body)
    reader.frame.suite = before


def _raises_again(node: ast.ExceptHandler) -> bool:
    """Whether a clause may raise what it caught: `raise`, or by its name."""
    raised = (each.exc for each in walk(node) if isinstance(each, ast.Raise))
    return any(exc is None or (isinstance(exc, ast.Name) and exc.id == node.name) for exc in raised)


def _raises_always(node: ast.ExceptHandler) -> bool:
    """Whether a clause has no other end than a `raise`."""
    left = any(isinstance(each, ast.Return) for each in walk(node))
    return isinstance(node.body[-1], ast.Raise) and not left


def _raise(reader: StatementReader, node: ast.Raise) -> None:
    if node.exc is not None:
        term = reader.read(node.exc)
        if reader.frame.executes and isinstance(term, (Name, Attr, Call)):
            reader.frame.raises.append(Raised(term, Place.of(node), reader.frame.suite))
    reader.read(node.cause)


def _match(reader: StatementReader, node: ast.Match) -> None:
    reader.read(node.subject)
    for case in node.cases:
        before = reader.frame.open_suite()
        for pattern in walk(case.pattern):
            name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
            if isinstance(name, str):
                reader.bind_name(name, OPAQUE, case.pattern)
        if case.guard:
            reader.test(case.guard)
        reader.read_body(case.body)
        reader.frame.suite = before


def _import(reader: StatementReader, node: ast.Import) -> None:
    for alias in node.names:
        # `import a.b` binds `a`; `import a.b as c` binds the submodule.
        module = alias.name if alias.asname else alias.name.split(".")[0]
        reader.bind_name(alias.asname or module, Imported(module, None, 0), node)


def _import_from(reader: StatementReader, node: ast.ImportFrom) -> None:
    for alias in node.names:
        source = Imported(node.module or "", alias.name, node.level)
        if alias.name == "*":
            reader.stars.append(source)
        else:
            reader.bind_name(alias.asname or alias.name, source, node)


def _assert(reader: StatementReader, node: ast.Assert) -> None:
    reader.test(node.test)
    reader.frame.unsure += 1
    reader.read(node.msg)
    reader.frame.unsure -= 1
    end = node.end_lineno or node.lineno, node.end_col_offset or 0
    reader.frame.check(_kinds(where_true(node.test)), *end)


def _delete(reader: StatementReader, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            reader.bind_name(target.id, OPAQUE, node)
        else:
            reader.read(target)


def _type_alias(reader: StatementReader, node: Any) -> None:
    if isinstance(node.name, ast.Name):
        reader.bind_name(node.name.id, plain_term(node.value), node)


def _expression(reader: StatementReader, node: ast.Expr) -> None:
    if isinstance(node.value, ast.Constant):
        return
    term = reader.read(node.value)
    if not isinstance(node.value, ast.Call):
        return
    sites = reader.frame.sites
    if reader.frame.is_async and sites:
        sites[-1] = sites[-1]._replace(discarded=True)
    if last_name(node.value.func) in EVERYWHERE:
        reader.use_anywhere(Use.CALL, term, node.value)


_READERS: dict[type, Callable[[StatementReader, Any], None]] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.If: _if,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Expr: _expression,
}
# Nodes that this Python may be too old to have.
for _kind, _reader in (("TryStar", _try), ("TypeAlias", _type_alias)):
    if hasattr(ast, _kind):
        _READERS[getattr(ast, _kind)] = _reader
