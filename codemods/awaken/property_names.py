"""Names under which classes of a project may have properties, told from the bytes of its files.

An attribute is looked up on a class only where its name is one of them, so there may be too many. A name counts when
the `def` behind a decorator has it, and the decorator is called like a property, or has such a name as an alias
somewhere in the project. Other names of a decorator or a property are looked for in files that speak of a `property`.
"""

from __future__ import annotations

import re

from awaken.resolve.decorator_names import OF_A_PROPERTY, PROPERTIES

# Patterns begin with a fixed character, which the search for it makes several times faster.
_DECORATOR = re.compile(rb"@(?<![^\s]@)[ \t]*(?:\w+\.)*(\w+)")
_FUNCTION = re.compile(rb"def[ \t]+(\w+)")
# `lazy = cached_property`; the name in front of the sign is cut out of the line.
_SAME = re.compile(rb"=[ \t]*(?:\w+\.)*(\w+)[ \t]*(?=[\r\n#;])")
_LAST_NAME = re.compile(rb"(\w+)[ \t]*(?::[^=]*)?\Z")
_DECORATORS = frozenset(name.rpartition(".")[2].encode() for name in (*PROPERTIES, *OF_A_PROPERTY))


class PropertyNames:
    """The names, while the files are looked through."""

    def __init__(self) -> None:
        self._decorated: set[tuple[bytes, bytes]] = set()
        self._same: set[tuple[bytes, bytes]] = set()

    def look(self, data: bytes) -> None:
        for found in _DECORATOR.finditer(data):
            function = _FUNCTION.search(data, found.end())
            if function is not None:
                self._decorated.add((found[1], function[1]))
        for found in _SAME.finditer(data) if b"property" in data else ():
            line = data[data.rfind(b"\n", 0, found.start()) + 1 : found.start()]
            name = _LAST_NAME.search(line)
            if name is not None and name[1] != found[1]:
                self._same.add((found[1], name[1]))

    def found(self, aliases: set[tuple[bytes, bytes]]) -> frozenset[str]:
        """The names, given what imports give other names to: (name, other name)."""
        decorators = _closed(_DECORATORS, aliases | self._same)
        names = {name for decorator, name in self._decorated if decorator in decorators}
        return frozenset(name.decode() for name in _closed(names, self._same))


def _closed(names: frozenset[bytes] | set[bytes], pairs: set[tuple[bytes, bytes]]) -> set[bytes]:
    """Names, and all that are the same as one of them."""
    found = set(names)
    while more := {other for name, other in pairs if name in found and other not in found}:
        found |= more
    return found
