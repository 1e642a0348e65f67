"""Programs that would start again in the other process: it imports the script that is running.

Source: the programming guidelines of `multiprocessing`, "Safe importing of main module".
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from awaken.plan.imports_back import imports_back
from awaken.plan.process.obstacle import Obstacle
from awaken.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awaken.plan.situation import Situation
    from awaken.syntax.tree import Tree

CODE = "unguarded-main"
_STARTS = frozenset(
    (
        *(
            "infinity_polling",
            "launch",
            "main",
            "mainloop",
            "polling",
            "run",
            "run_app",
            "run_forever",
        ),
        *("run_polling", "run_until_complete", "serve", "serve_forever", "start_polling"),
    )
)
# Words of the text of a file that starts a loop; the others are not parsed for it.
_WORDS = (
    *("asyncio.run", "anyio.run", "uvicorn.run", "run_app", "run_forever", "run_until_complete"),
    *("run_polling", "start_polling", "infinity_polling", "serve_forever", "client.run", "bot.run"),
)


def program_obstacle(situation: Situation) -> Obstacle | None:
    """The script that would run once more when a process is started, or None where none is known."""
    line = unguarded_start(situation.tree)
    if line:
        return Obstacle(CODE, f"line {line} of {situation.index.path}", certain=True)
    for parsed in situation.surroundings.mentioning(_WORDS):
        path = parsed.index.path
        line = unguarded_start(parsed.tree) if path != situation.index.path else 0
        if line and imports_back(situation.resolver, path, situation.index):
            return Obstacle(CODE, f"line {line} of {path}", certain=True)
    return None


def unguarded_start(tree: Tree) -> int:
    """The line on which importing a module starts a program; 0 where nothing does."""
    for statement in _run_on_import(tree.module.body):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and last_name(node.func) in _STARTS:
                return node.lineno
    return 0


def _run_on_import(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """The expressions of a module that are evaluated when it is imported under another name than `__main__`."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            yield from _run_on_import(statement.orelse)
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr):
                yield child
        for name in ("body", "orelse", "finalbody"):
            yield from _run_on_import(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []):
            yield from _run_on_import(handler.body)
