"""Parse what the running Python cannot: LibCST reads the file, `ast` nodes come out.

Syntax newer than the running Python (PEP 695, 701, 758, ...) and expressions too deep for its
parser become the nodes, with the positions, that a Python which reads them (3.12 on) would give.
"""

from __future__ import annotations

import ast

import libcst as cst

from awaken.syntax import (
    cst_calls,
    cst_compound_statements,
    cst_expressions,
    cst_patterns,
    cst_simple_statements,
    cst_strings,
)
from awaken.syntax.cst_conversion import Conversion
from awaken.syntax.cst_positions import positions_of

_HANDLERS = {
    **cst_expressions.HANDLERS,
    **cst_calls.HANDLERS,
    **cst_strings.HANDLERS,
    **cst_patterns.HANDLERS,
    **cst_simple_statements.HANDLERS,
    **cst_compound_statements.HANDLERS,
}


# LibCST raises these on t-strings side by side, on `async` and `for` on two lines, on surrogates.
_OTHER_FAILURES = (cst.CSTLogicError, cst.CSTValidationError, AttributeError, UnicodeEncodeError)


def parse_newer(text: str) -> ast.Module:
    """Parse a file into the nodes of the running Python's `ast`, whatever Python it is written for.

    What the running Python has no node for becomes the nearest one it has: a type alias an
    assignment, `except*` an `except`, a t-string an f-string; type parameters are left out.
    Deep expressions need a deep stack and a raised recursion limit, which the caller provides.

    Args:
        text: the source without byte-order mark.

    Returns:
        The module; lines count from 1, columns are UTF-8 bytes, as in `ast`.

    Raises:
        SyntaxError: LibCST cannot parse the text either, or not locate what it parsed. Its line is
            LibCST's guess, which is less exact than the one of CPython.
    """
    module = _parsed(text)
    to = Conversion(positions_of(module, text), _HANDLERS)
    body = cst_compound_statements.statements(module.body, to)
    return ast.Module(body=body, type_ignores=[])


def _parsed(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        place = (None, error.raw_line, error.raw_column + 1, None)
        raise SyntaxError(error.message, place) from None
    except _OTHER_FAILURES as error:
        raise SyntaxError(str(error), (None, 1, 1, None)) from None
