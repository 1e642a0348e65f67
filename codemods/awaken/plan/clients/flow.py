"""Where one object goes: what holds it, and every place of the file that stands for it, where all of them are known.

It is followed forwards from the calls that make it, through variables, attributes, parameters and results of the file's
own functions, and backwards from each of those to whatever else may be in it. What comes together in this way changes
together.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awaken.plan.clients.callers import class_defined_by, property_of
from awaken.plan.clients.contents import contents_of
from awaken.plan.clients.holders import Attribute, Holder, Result, Variable
from awaken.plan.clients.parameters import parameter, passed
from awaken.plan.clients.scopes import DEFINITIONS, FileScopes, Function
from awaken.plan.reasons import reason
from awaken.resolve.values import Defined

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.plan.fix import Reason
    from awaken.syntax.tree import Tree


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
        refusal: why not all of this is known.
    """

    made: list[ast.Call] = field(default_factory=list)
    given: list[ast.expr] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    uses: list[ast.expr] = field(default_factory=list)
    entered: list[ast.With] = field(default_factory=list)
    annotations: list[ast.expr] = field(default_factory=list)
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
        for node in self._scopes.nodes.functions["__init__"]:
            owner = self._tree.parent(node)
            if isinstance(owner, ast.ClassDef) and class_defined_by(self._scopes, owner) == value:
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
            return
        if isinstance(node, ast.Call) and self._makes(node):
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
        holder = self._scopes.class_of(node)
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
        """Everything that is read from what holds it, and everything that it may hold besides."""
        if holder in self._flow.holders:
            return
        self._flow.holders.append(holder)
        contents = contents_of(self._scopes, holder)
        self._flow.annotations += contents.annotations
        self._flow.given += contents.given
        for where in contents.lost:
            self._lose(where)
        for node in contents.values:
            self._came_from(node)
        for node in (*contents.reads, *contents.given):
            self._stands_for_it(node)


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
