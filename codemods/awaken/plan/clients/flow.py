"""Where one object goes: what holds it, and every place of the file that stands for it, where all of them are known.

It is followed forwards from the calls that make it, through variables, attributes, parameters and results of the file's
own functions, and backwards from each of those to whatever else may be in it. What comes together in this way changes
together.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import (
    attributes_of,
    calls_of,
    class_defined_by,
    declaration_in,
    is_kind_of,
    is_plain_class,
    others_may_have,
    property_of,
)
from awaken.plan.clients.constructions import constructions_of
from awaken.plan.clients.holders import Attribute, Holder, Result, Variable
from awaken.plan.clients.parameters import default_of, parameter, passed
from awaken.plan.clients.scopes import DEFINITIONS, FileScopes, Function, parameter_names
from awaken.plan.names_elsewhere import class_of, names_it, other_files, reaches_module
from awaken.plan.names_in_scope import names_bound_by, own_nodes_of
from awaken.plan.reasons import reason
from awaken.resolve.values import Defined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from awaken.plan.fix import Reason
    from awaken.syntax.tree import Tree

_FRAME_READERS = frozenset({"locals", "vars", "eval", "exec", "globals"})


@dataclass(slots=True)
class Flow:
    """What is known of one object, or of several that are held by the same variables.

    Attributes:
        made: the calls that make it.
        given: where functions of the file give it to those that call them.
        holders: what holds it.
        uses: the expressions that stand for it where something is done with it.
        entered: the `with` statements that it is entered by.
        annotations: the annotations of what holds it.
        maybe_none: whether None may stand in its place.
        refusal: why not all of this is known.
    """

    made: list[ast.Call] = field(default_factory=list)
    given: list[ast.expr] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    uses: list[ast.expr] = field(default_factory=list)
    entered: list[ast.With] = field(default_factory=list)
    annotations: list[ast.expr] = field(default_factory=list)
    maybe_none: bool = False
    refusal: Reason | None = None


class Follower:
    """Follows one object through a file.

    Args:
        scopes: the file.
        makes: whether a call makes such an object.
    """

    def __init__(self, scopes: FileScopes, makes: Callable[[ast.Call], bool]) -> None:
        self._scopes = scopes
        self._tree = scopes.tree
        self._makes = makes
        self._seen: set[ast.AST] = set()
        self._flow = Flow()

    def follow(self, call: ast.Call) -> Flow:
        """Where the object goes that a call makes."""
        self._came_from(call)
        return self._flow

    def _lose(self, where: str) -> None:
        """The object goes where it is not followed; the rest is still looked at, to say so at all of its uses."""
        self._flow.refusal = self._flow.refusal or reason("client-elsewhere", where)

    # -- forwards: what becomes of a value

    def _stands_for_it(self, node: ast.expr) -> None:
        if node in self._seen:
            return
        self._seen.add(node)
        parent = self._tree.parent(node)
        if is_tested(self._tree, node):
            self._flow.uses.append(node)
        elif isinstance(parent, (ast.Assign, ast.AnnAssign)):
            self._assigned(parent)
        elif isinstance(parent, ast.NamedExpr):
            self._stored_in(parent.target)
            self._stands_for_it(parent)
        elif isinstance(parent, ast.withitem):
            self._entered(parent)
        elif isinstance(parent, ast.Return):
            self._returned(parent)
        elif isinstance(parent, ast.keyword) or _is_argument(parent, node):
            self._handed(node)
        elif isinstance(parent, ast.IfExp) and parent.test is not node:
            self._chosen(parent, (parent.body, parent.orelse))
        elif isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or):
            self._chosen(parent, tuple(parent.values))
        else:
            self._flow.uses.append(node)

    def _chosen(self, whole: ast.expr, options: tuple[ast.expr, ...]) -> None:
        for each in options:
            self._came_from(each)
        self._stands_for_it(whole)

    def _assigned(self, statement: ast.Assign | ast.AnnAssign) -> None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if len(targets) != 1:
            self._lose("it gets several names at once")
        for each in targets:
            self._stored_in(each)

    def _entered(self, item: ast.withitem) -> None:
        statement = self._tree.parent(item)
        if isinstance(statement, ast.With) and len(statement.items) == 1:
            self._flow.entered.append(statement)
        else:
            self._lose("it is entered with other things")
        if item.optional_vars is not None:
            self._stored_in(item.optional_vars)

    def _returned(self, statement: ast.Return) -> None:
        function = self._scopes.around(statement)
        if isinstance(function, DEFINITIONS):
            self._hold(Result(function))

    def _handed(self, node: ast.expr) -> None:
        call = next(up for up in self._tree.ancestors(node) if not isinstance(up, ast.keyword))
        function = self._called(call) if isinstance(call, ast.Call) else None
        if function is None and isinstance(call, ast.Call):
            function = self._constructor(call)
        if function is None or not isinstance(call, ast.Call):
            self._lose(f"`{first_line(self._tree, node)}`")
            return
        given = passed(self._tree, function, call) or {}
        name = next((name for name, value in given.items() if value is node), "")
        if name and parameter(function, name) is not None:
            self._hold(Variable(function, name))
        else:
            self._lose(f"it is passed to `{function.name}`")

    def _called(self, call: ast.Call) -> Function | None:
        """The function of the file that a call runs."""
        return self._scopes.function(self._scopes.value(call.func))

    def _constructor(self, call: ast.Call) -> Function | None:
        """The `__init__` of the class of the file that a call makes an object of."""
        value = self._scopes.value(call.func)
        for node in self._tree.nodes:
            if isinstance(node, ast.FunctionDef) and node.name == "__init__":
                owner = self._tree.parent(node)
                if (
                    isinstance(owner, ast.ClassDef)
                    and class_defined_by(self._scopes, owner) == value
                ):
                    return node
        return None

    def _stored_in(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._hold_variable(target)
        elif isinstance(target, ast.Attribute):
            self._hold_attribute(target)
        else:
            self._lose("it is put into a container")

    # -- backwards: what a value may be

    def _came_from(self, node: ast.expr) -> None:
        """A value that stands where the object may stand: an object of the kind, None, or what holds one."""
        if isinstance(node, ast.Constant) and node.value is None:
            self._flow.maybe_none = True
        elif isinstance(node, ast.Call) and self._makes(node):
            if node not in self._flow.made:
                self._flow.made.append(node)
                self._stands_for_it(node)
        elif isinstance(node, ast.Name):
            self._hold_variable(node)
        elif isinstance(node, ast.Attribute):
            self._hold_attribute(node)
        elif isinstance(node, ast.IfExp):
            self._chosen(node, (node.body, node.orelse))
        elif isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            self._chosen(node, tuple(node.values))
        else:
            self._given_by(node)

    def _given_by(self, node: ast.expr) -> None:
        call = node.value if isinstance(node, ast.Await) else node
        function = self._called(call) if isinstance(call, ast.Call) else None
        awaited = isinstance(node, ast.Await)
        if function is None or awaited != isinstance(function, ast.AsyncFunctionDef):
            self._lose(f"`{self._tree.source(node)[:60]}` may stand in its place")
        else:
            self._hold(Result(function))

    # -- what holds it

    def _hold_variable(self, node: ast.Name) -> None:
        binder = self._scopes.binder(node)
        if binder is None:
            self._lose(f"`{node.id}` is a variable of a class")
        else:
            self._hold(Variable(binder, node.id))

    def _hold_attribute(self, node: ast.Attribute) -> None:
        """The attribute of the topmost class of the file which knows it, or what a property gives."""
        text = self._tree.source(node)
        situation = self._scopes.situation
        holder = class_of(situation, node)
        if not isinstance(holder, Defined) or holder.path != situation.index.path:
            self._lose(f"`{text}` is not known")
            return
        lineage = situation.resolver.members.lineage(holder)
        own = [each for each in lineage if isinstance(each, Defined)]
        if any(each.path != holder.path for each in own):
            self._lose(f"`{text}` belongs to a class of another file")
            return
        read = property_of(self._scopes, own, node.attr)
        self._hold(Result(read) if read is not None else Attribute(own[-1], node.attr))

    def _hold(self, holder: Holder) -> None:
        if holder in self._flow.holders:
            return
        self._flow.holders.append(holder)
        if isinstance(holder, Variable):
            self._variable(holder)
        elif isinstance(holder, Attribute):
            self._attributes(holder)
        else:
            self._result(holder)

    def _variable(self, holder: Variable) -> None:
        name, scopes = holder.name, self._scopes
        self._check_bindings(holder)
        for node in scopes.names(holder.of, name):
            if isinstance(node.ctx, ast.Load):
                self._stands_for_it(node)
            else:
                self._written(node)
        if isinstance(holder.of, DEFINITIONS):
            self._parameter(holder.of, name)
        elif self._is_reached(name):
            self._lose(f"`{name}` may be used in other files")

    def _is_reached(self, name: str) -> bool:
        others = other_files(self._scopes.situation, name)
        return names_it(self._tree, name) or any(reaches_module(each, name) for each in others)

    def _check_bindings(self, holder: Variable) -> None:
        """Only assignments may bind the variable, and nobody may get at it by other ways."""
        for statement in getattr(holder.of, "body", []):
            for node in own_nodes_of(statement):
                if not isinstance(node, ast.Name) and holder.name in names_bound_by(node):
                    self._lose(f"`{holder.name}` stands for something else, too")
        if any(
            isinstance(node, ast.Name) and node.id in _FRAME_READERS for node in ast.walk(holder.of)
        ):
            self._lose(f"`{holder.name}` may be read in other ways")

    def _written(self, node: ast.Name | ast.Attribute) -> None:
        parent = self._tree.parent(node)
        if isinstance(parent, ast.Assign) and parent.targets == [node]:
            self._came_from(parent.value)
        elif isinstance(parent, ast.AnnAssign):
            self._flow.annotations.append(parent.annotation)
            if parent.value is not None:
                self._came_from(parent.value)
        elif isinstance(parent, ast.NamedExpr):
            self._came_from(parent.value)
        elif isinstance(parent, ast.withitem):
            self._came_from(parent.context_expr)
        else:
            self._lose(f"`{self._tree.source(node)}` stands for something else, too")

    def _parameter(self, function: Function, name: str) -> None:
        if name not in parameter_names(function):
            return
        declared = parameter(function, name)
        calls = self._calls(function, name)
        if calls is None or declared is None:
            self._lose(f"not every call of `{function.name}` is known")
            return
        if declared.annotation is not None:
            self._flow.annotations.append(declared.annotation)
        default = default_of(function, name)
        if default is not None:
            self._came_from(default)
        for call in calls:
            given = passed(self._tree, function, call) if isinstance(call, ast.Call) else None
            if given is None or (name not in given and default is None):
                self._lose(f"what `{function.name}` is given is not known")
            elif name in given:
                self._came_from(given[name])

    def _calls(self, function: Function, name: str) -> Sequence[ast.expr] | None:
        """The calls that may give a parameter its value; None where those are not all in this file."""
        owner = self._tree.parent(function)
        if function.name != "__init__" or not isinstance(owner, ast.ClassDef):
            return calls_of(self._scopes, function)
        made = constructions_of(self._scopes, owner)
        elsewhere = [each for each in made or () if each.scopes is not self._scopes]
        given = [passed(self._tree, function, each.call) for each in elsewhere]
        if made is None or any(each is None or name in each for each in given):
            return None
        return [each.call for each in made if each.scopes is self._scopes]

    def _attributes(self, holder: Attribute) -> None:
        self._look_into_classes(holder)
        for node in attributes_of(self._scopes, holder.of, holder.name):
            if isinstance(node.ctx, ast.Load):
                self._stands_for_it(node)
            else:
                self._written(node)
        if others_may_have(self._scopes, holder.of, holder.name):
            self._lose(f"`.{holder.name}` may be used where it is not known whose it is")

    def _look_into_classes(self, holder: Attribute) -> None:
        """A class of that kind may only annotate the attribute, where nothing comes of annotations."""
        for each in self._tree.nodes:
            if not isinstance(each, ast.ClassDef) or holder.name not in self._scopes.bound_by(each):
                continue
            if is_kind_of(self._scopes, each, holder.of):
                declared = declaration_in(each, holder.name)
                if declared is None or not is_plain_class(self._scopes, each):
                    self._lose(f"`{holder.name}` is set in a class, too")
                else:
                    self._flow.annotations.append(declared)

    def _result(self, holder: Result) -> None:
        function = holder.of
        calls = calls_of(self._scopes, function)
        if not calls:
            self._lose(f"not every call of `{function.name}` is known")
        if function.returns is not None:
            self._flow.annotations.append(function.returns)
        for node in _own_nodes(function):
            if isinstance(node, (ast.Yield, ast.YieldFrom)):
                self._lose(f"`{function.name}` is a generator")
            elif isinstance(node, ast.Return) and node.value is not None:
                self._came_from(node.value)
        awaited = isinstance(function, ast.AsyncFunctionDef)
        for call in calls or ():
            given = self._tree.parent(call) if awaited else call
            if awaited and not isinstance(given, ast.Await):
                self._lose(f"`{function.name}` is not awaited where it is called")
            elif isinstance(given, ast.expr):
                self._flow.given.append(given)
                self._stands_for_it(given)


def _is_argument(parent: ast.AST | None, node: ast.expr) -> bool:
    return isinstance(parent, ast.Call) and node in parent.args


def first_line(tree: Tree, node: ast.AST) -> str:
    """The beginning of the statement around a node."""
    return tree.source(tree.statement(node)).splitlines()[0][:60]


def is_tested(tree: Tree, node: ast.expr) -> bool:
    """Whether only the truth of an expression counts, through the `and`, `or`, `not` around it."""
    child = node
    for up in tree.ancestors(node):
        if isinstance(up, (ast.If, ast.While, ast.IfExp, ast.Assert)):
            return up.test is child
        if isinstance(up, ast.comprehension):
            return child in up.ifs
        if isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not):
            return True
        if not isinstance(up, ast.BoolOp):
            return False
        child = up
    return False


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    for statement in function.body:
        yield from own_nodes_of(statement)
