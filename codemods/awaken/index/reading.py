"""From a path to its text, its tree and its summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awaken.discover.reading import UnreadableFile, read_source
from awaken.index.build import build_index
from awaken.syntax.tree import Tree, parse

if TYPE_CHECKING:
    from pathlib import Path

    from awaken.discover.source import SourceFile
    from awaken.index.summary import FileIndex


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file that could be read and parsed."""

    source: SourceFile
    tree: Tree
    index: FileIndex


def parse_source(source: SourceFile, module: str) -> ParsedFile:
    """Parse and summarise a file that has been read.

    Raises:
        UnreadableFile: with the line, when the text is no Python that we know.
    """
    tree = _parsed_tree(source)
    return ParsedFile(source, tree, build_index(tree, path=source.relative, module=module))


def _parsed_tree(source: SourceFile) -> Tree:
    try:
        return parse(source.text)
    except SyntaxError as error:
        message = f"syntax error: {error.msg}"
        raise UnreadableFile(source.path, message, error.lineno) from None


def check_syntax(source: SourceFile) -> None:
    """Parse a file for its errors only.

    Raises:
        UnreadableFile: with the line, when the text is no Python that we know.
    """
    _parsed_tree(source)


def parse_file(path: Path, *, relative: str, module: str) -> ParsedFile:
    """Read, parse and summarise a file.

    Raises:
        UnreadableFile: when it cannot be read or parsed.
    """
    return parse_source(read_source(path, relative=relative), module)
