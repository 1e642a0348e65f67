"""Expressions: each is read once, gives its term, and leaves a site wherever it uses something that may block."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from awaken.index.frame import Frame
from awaken.index.growth import Growths
from awaken.index.summary import ScopeKind, Site, Use
from awaken.index.terms import (
    OPAQUE,
    STEPPED,
    Annotation,
    Argument,
    Attr,
    Awaited,
    Call,
    Comprehended,
    Constant,
    Display,
    Either,
    Element,
    Imported,
    Item,
    Name,
    Operation,
    Part,
    Scoped,
    Term,
    last_part,
)
from awaken.syntax.positions import Place
from awaken.syntax.walking import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_LONGEST_STRING = 160
_CALLED = (ScopeKind.FUNCTION, ScopeKind.LAMBDA)
_FOLLOWED = (Name, Attr, Call, Item, Awaited)
# What tells a framework, where a module is read, which function answers which URL.
_REGISTER = frozenset(("path", "re_path", "url"))


class ExpressionReader:
    """Reads the expressions of one file; `frame` is the scope being read."""

    keeps_scopes = True
    """Whether the scopes that it opens are those of the file's summary."""

    def __init__(self, frame: Frame) -> None:
        self.frames = [frame]
        self.frame = frame
        self.dotted: set[str] = set()
        self.names: dict[str, Name] = {}
        """One term for each name of the file."""
        self.strings: dict[str, Constant] = {}
        self.growths = Growths()

    # -- scopes

    def open_scope(self, kind: ScopeKind, name: str, line: int) -> Frame:
        parent = self.frame
        inside = "<locals>." if parent.kind is ScopeKind.FUNCTION else ""
        prefix = f"{parent.qualname}.{inside}" if parent.qualname else ""
        executes = parent.executes or kind in _CALLED
        frame = Frame(len(self.frames), parent, kind, name, f"{prefix}{name}", line, executes)
        self.frames.append(frame)
        self.frame = frame
        return frame

    def close_scope(self) -> None:
        if self.frame.parent is not None:
            self.frame = self.frame.parent

    # -- reading

    def read(self, node: ast.expr | None) -> Term:
        """The term of an expression; every part of it is visited."""
        if node is None:
            return OPAQUE
        reader = _READERS.get(node.__class__)
        return reader(self, node) if reader else self.read_parts(node)

    def read_parts(self, node: ast.AST) -> Term:
        for child in children(node):
            if isinstance(child, ast.expr):
                self.read(child)
            else:
                self.read_parts(child)
        return OPAQUE

    def use(self, use: Use, term: Term, node: ast.expr, *, awaited: bool = False) -> None:
        """Leave a site, where it can run on a loop and the value can be followed."""
        frame = self.frame
        if frame.executes and isinstance(term, _FOLLOWED):
            place = Place.of(node)
            frame.sites.append(Site(use, term, place, frame.suite, awaited, sure=not frame.unsure))

    def use_anywhere(self, use: Use, term: Term, node: ast.expr) -> None:
        """Leave a site where nothing runs on a loop: at the top of a module, or in a class there."""
        frame = self.frame
        if not frame.executes and isinstance(term, _FOLLOWED):
            frame.sites.append(Site(use, term, Place.of(node), frame.suite))

    def test(self, node: ast.expr) -> Term:
        """An expression whose truth is asked for."""
        if isinstance(node, ast.BoolOp):
            return Either(tuple(self.in_turn(node.values, self.test)))
        term = self.read(node)
        if not isinstance(node, (ast.UnaryOp, ast.Compare)):
            self.use(Use.TRUTH, term, node)
        return term

    def in_turn(
        self, nodes: Sequence[ast.expr], read: Callable[[ast.expr], Term]
    ) -> Iterator[Term]:
        """Expressions of which every one but the first may be left out."""
        frame = self.frame
        for number, node in enumerate(nodes):
            frame.unsure += number > 0
            yield read(node)
            frame.unsure -= number > 0

    def iterate(self, node: ast.expr, *, awaited: bool = False) -> Term:
        term = self.read(node)
        self.use(Use.ITERATE, term, node, awaited=awaited)
        return term

    # -- targets

    def bind_target(self, target: ast.expr, term: Term, node: ast.AST) -> None:
        """Bind every name of an assignment target to its share of `term`; `node` ends where the binding holds."""
        if isinstance(target, ast.Name):
            self.bind_name(target.id, term, node)
        elif isinstance(target, ast.Starred):
            self.bind_target(target.value, OPAQUE, node)
        elif isinstance(target, (ast.Tuple, ast.List)):
            starred = any(isinstance(item, ast.Starred) for item in target.elts)
            for index, item in enumerate(target.elts):
                self.bind_target(item, Part(term, -1 if starred else index), node)
        elif isinstance(target, ast.Attribute):
            self._bind_attribute(target, term, node)
        else:
            self.read(target)

    def bind_name(self, name: str, term: Term, node: Any) -> None:
        owner = self.frame.owner(name)
        owner.bind(name, term, node.end_lineno, node.end_col_offset, self.frame)

    def _bind_attribute(self, target: ast.Attribute, term: Term, node: Any) -> None:
        base = self.read(target.value)
        self.use(Use.STORE, Attr(base, target.attr), target)
        method = self.frame
        if (
            isinstance(base, Name)
            and method.kind is ScopeKind.FUNCTION
            and method.parent is not None
            and method.parent.kind is ScopeKind.CLASS
            and method.parameters[:1] == (base.id,)
        ):
            # Instance attributes live beside class attributes, under a name no source can spell.
            method.parent.bind(
                f".{target.attr}", term, node.end_lineno, node.end_col_offset, method
            )
        elif isinstance(base, Name):
            self.dotted.add(f"={base.id}.{target.attr}")


def _constant(reader: ExpressionReader, node: ast.Constant) -> Term:
    value = node.value
    if not isinstance(value, str):
        kept = value if isinstance(value, (int, float, bool)) else None
        return Constant(type(value).__name__, kept)
    term = reader.strings.get(value)
    if term is None:
        if len(value) <= _LONGEST_STRING and "." in value and _DOTTED.fullmatch(value):
            reader.dotted.add(value)
        term = Constant("str", value if len(value) <= _LONGEST_STRING else None)
        reader.strings[value] = term
    return term


def _name(reader: ExpressionReader, node: ast.Name) -> Term:
    name = node.id
    term = reader.names.get(name)
    if term is None:
        term = reader.names[name] = Name(name)
    if name in reader.frame.outer and isinstance(node.ctx, ast.Load):
        reader.use(Use.READ, term, node)
    return term


def _attribute(reader: ExpressionReader, node: ast.Attribute) -> Term:
    term = Attr(reader.read(node.value), node.attr)
    reader.use(Use.ATTRIBUTE if isinstance(node.ctx, ast.Load) else Use.STORE, term, node)
    return term


def _callee(reader: ExpressionReader, node: ast.expr) -> Term:
    """What is called; a method is no attribute that somebody reads."""
    if isinstance(node, ast.Attribute):
        return Attr(reader.read(node.value), node.attr)
    return reader.read(node)


def _call(reader: ExpressionReader, node: ast.Call, *, awaited: bool = False) -> Term:
    func = _callee(reader, node.func)
    args = [reader.read(arg) for arg in node.args]
    keywords = [(keyword.arg, reader.read(keyword.value)) for keyword in node.keywords]
    term = Call(func, tuple(args), tuple(keywords))
    reader.growths.note_call(node, args, reader.frame)
    reader.use(Use.CALL, term, node, awaited=awaited)
    if last_part(func) in _REGISTER:
        reader.use_anywhere(Use.CALL, term, node)
    return term


def _starred(reader: ExpressionReader, node: ast.Starred) -> Term:
    reader.iterate(node.value)
    return OPAQUE


def _subscript(reader: ExpressionReader, node: ast.Subscript) -> Term:
    base = reader.read(node.value)
    index = reader.read(node.slice)
    if isinstance(node.slice, ast.Slice):
        index = Display(STEPPED if _has_step(node.slice) else "slice")
    term = Item(base, index)
    if isinstance(base, _FOLLOWED):
        if isinstance(node.ctx, ast.Load):
            reader.use(Use.INDEX, term, node)
        else:
            reader.use(Use.CHANGE, base, node.value)
            reader.growths.note_change(node.value, reader.frame)
    return term


def _has_step(node: ast.Slice) -> bool:
    step = node.step
    return step is not None and not (isinstance(step, ast.Constant) and step.value is None)


def _await(reader: ExpressionReader, node: ast.Await) -> Term:
    if isinstance(node.value, ast.Call):
        return Awaited(_call(reader, node.value, awaited=True))
    return Awaited(reader.read(node.value))


def _bool_op(reader: ExpressionReader, node: ast.BoolOp) -> Term:
    # The last operand is only asked for its truth where the whole is.
    last = node.values[-1]
    options = reader.in_turn(
        node.values, lambda value: reader.read(value) if value is last else reader.test(value)
    )
    return Either(tuple(options))


def _unary(reader: ExpressionReader, node: ast.UnaryOp) -> Term:
    if isinstance(node.op, ast.Not):
        reader.test(node.operand)
        return Constant("bool")
    term = reader.read(node.operand)
    if (
        isinstance(node.op, ast.USub)
        and isinstance(term, Constant)
        and isinstance(term.value, (int, float))
    ):
        return Constant(term.type, -term.value)
    return OPAQUE


def _binary(reader: ExpressionReader, node: ast.BinOp) -> Term:
    left, right = reader.read(node.left), reader.read(node.right)
    if (
        isinstance(node.op, ast.Mod)
        and isinstance(left, (Constant, Display))
        and left.type == "str"
    ):
        for value in node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]:
            reader.use(Use.TEXT, plain_term(value), value)
    return Operation(left, type(node.op).__name__, right)


def _compare(reader: ExpressionReader, node: ast.Compare) -> Term:
    reader.read(node.left)
    terms = reader.in_turn(node.comparators, reader.read)
    for operator, right, term in zip(node.ops, node.comparators, terms, strict=True):
        if isinstance(operator, (ast.In, ast.NotIn)):
            reader.use(Use.CONTAINS, term, right)
    return Constant("bool")


def _if_exp(reader: ExpressionReader, node: ast.IfExp) -> Term:
    reader.test(node.test)
    reader.frame.unsure += 1
    options = Either((reader.read(node.body), reader.read(node.orelse)))
    reader.frame.unsure -= 1
    return options


def _walrus(reader: ExpressionReader, node: ast.NamedExpr) -> Term:
    term = reader.read(node.value)
    home = reader.frame.home
    home.owner(node.target.id).bind(
        node.target.id, term, node.end_lineno or 0, node.end_col_offset or 0, reader.frame
    )
    return term


def _lambda(reader: ExpressionReader, node: ast.Lambda) -> Term:
    read_defaults(reader, node.args)
    frame = reader.open_scope(ScopeKind.LAMBDA, "<lambda>", node.lineno)
    bind_parameters(reader, node.args, node, annotated=False)
    frame.returns.append(reader.read(node.body))
    reader.close_scope()
    return Scoped(frame.number) if reader.keeps_scopes else OPAQUE


def _comprehension(reader: ExpressionReader, node: Any) -> Term:
    generators: list[ast.comprehension] = node.generators
    first = generators[0]
    # The outermost iterable is evaluated in the enclosing scope.
    term = reader.iterate(first.iter, awaited=bool(first.is_async))
    kind = ScopeKind.GENERATOR if isinstance(node, ast.GeneratorExp) else ScopeKind.COMPREHENSION
    frame = reader.open_scope(kind, _COMPREHENSION_NAMES[type(node)], node.lineno)
    start = ast.Constant(None, end_lineno=node.lineno, end_col_offset=node.col_offset)
    for index, generator in enumerate(generators):
        if index:
            term = reader.iterate(generator.iter, awaited=bool(generator.is_async))
        # It holds in front of the first `for`, too, where the element stands.
        reader.bind_target(generator.target, Element(term), start)
        for condition in generator.ifs:
            reader.test(condition)
    parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    made = [reader.read(part) for part in parts]
    reader.close_scope()
    kept = _COMPREHENSION_TYPES[type(node)]
    return Comprehended(kept, frame.number, *made) if reader.keeps_scopes else Display(kept)


_COMPREHENSION_NAMES: dict[type, str] = {
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}
_COMPREHENSION_TYPES: dict[type, str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}


_TABLE = (
    16  # entries of a dict display; what is longer is data, and would only make summaries large
)


def _display(kind: str) -> Callable[[ExpressionReader, Any], Term]:
    def read(reader: ExpressionReader, node: Any) -> Term:
        return Display(kind, tuple(reader.read(item) for item in node.elts))

    return read


def _dict(reader: ExpressionReader, node: ast.Dict) -> Term:
    keys, values = [], []
    for key, value in zip(node.keys, node.values, strict=True):
        keys.append(reader.read(key))  # `**other` has none, and what it holds is not looked at
        values.append(reader.read(value))
    return Display("dict", tuple(keys), tuple(values)) if len(keys) <= _TABLE else Display("dict")


def _joined(reader: ExpressionReader, node: ast.JoinedStr) -> Term:
    reader.read_parts(node)
    return Display("str")


def _formatted(reader: ExpressionReader, node: ast.FormattedValue) -> Term:
    reader.use(Use.TEXT, reader.read(node.value), node.value)
    reader.read(node.format_spec)
    return OPAQUE


def _yield(reader: ExpressionReader, node: ast.Yield) -> Term:
    home = reader.frame.home
    home.yields = True
    home.yielded.append(reader.read(node.value) if node.value else Constant("NoneType"))
    return OPAQUE


def _yield_from(reader: ExpressionReader, node: ast.YieldFrom) -> Term:
    home = reader.frame.home
    home.yields = True
    home.yielded.append(Element(reader.iterate(node.value)))
    return OPAQUE


_READERS: dict[type, Callable[[ExpressionReader, Any], Term]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Starred: _starred,
    ast.Subscript: _subscript,
    ast.Await: _await,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.IfExp: _if_exp,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.List: _display("list"),
    ast.Tuple: _display("tuple"),
    ast.Set: _display("set"),
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}


def read_defaults(reader: ExpressionReader, args: ast.arguments) -> None:
    """Defaults are evaluated where the function is defined, not where it runs."""
    for default in (*args.defaults, *args.kw_defaults):
        if default is not None:
            reader.read(default)


def bind_parameters(
    reader: ExpressionReader, args: ast.arguments, node: Any, *, annotated: bool
) -> None:
    """Bind the parameters of the function whose scope has just been opened."""
    frame = reader.frame
    positional = [*args.posonlyargs, *args.args]
    frame.parameters = tuple(arg.arg for arg in positional)
    defaults = dict(
        zip((arg.arg for arg in reversed(positional)), reversed(args.defaults), strict=False)
    )
    defaults.update(
        (arg.arg, default)
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if default is not None
    )
    for position, arg in enumerate((*positional, *args.kwonlyargs)):
        annotation = annotation_term(arg.annotation) if annotated and arg.annotation else None
        default = plain_term(defaults[arg.arg]) if arg.arg in defaults else None
        term = Argument(frame.number, position, annotation, default)
        frame.bind(arg.arg, term, node.lineno, -1, frame)
    for extra, gathered in ((args.vararg, _positional), (args.kwarg, _by_keyword)):
        if extra is not None:
            promised = extra.annotation if annotated else None
            held = gathered(plain_term(promised)) if promised else OPAQUE
            frame.bind(extra.arg, held, node.lineno, -1, frame)


def _positional(annotation: Term) -> Term:
    """What `*args: X` holds."""
    arguments = Display("tuple", (annotation, Constant("ellipsis")))
    return Annotation(Item(Imported("typing", "Tuple", 0), arguments))


def _by_keyword(annotation: Term) -> Term:
    """What `**kwargs: X` holds."""
    arguments = Display("tuple", (Imported("builtins", "str", 0), annotation))
    return Annotation(Item(Imported("typing", "Dict", 0), arguments))


class _PlainReader(ExpressionReader):
    keeps_scopes = False


def plain_term(node: ast.expr) -> Term:
    """The term of an expression that is visited elsewhere: no sites, no scopes."""
    if isinstance(node, ast.Name):
        return Name(node.id)
    return _PlainReader(Frame(0, None, ScopeKind.MODULE, "", "", 0)).read(node)


def annotation_term(node: ast.expr) -> Term | None:
    """An annotation as an instance term: strings are parsed, `Optional` and unions kept as options."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        term = parsed_annotation(node.value)
        return Annotation(term) if term is not None else None
    return Annotation(plain_term(node))


def parsed_annotation(text: str) -> Term | None:
    """The term of an annotation that is written as a string; None when it is no expression."""
    try:
        return plain_term(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return None
