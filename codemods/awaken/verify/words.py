"""Nothing is lost, moved or slipped in: the words of a file before and after, against what was planned."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from awaken.catalogue.exchange import MODULES
from awaken.plan.recipes import (
    ChooseAsync,
    ClientRequest,
    GatherAwaits,
    HandOver,
    HeldHandle,
    HopAttribute,
    HopBlock,
    HopCall,
    JoinRelated,
    LeaveInThread,
    NativeRequest,
    ReadChunks,
    ReadItems,
    ReadLines,
    Recipe,
    SliceAsync,
    StreamRequest,
    SwapClient,
)
from awaken.syntax.positions import Place, Span
from awaken.verify.replaced import replaced_spans, with_comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from awaken.syntax.tree import Tree

# Names, numbers, and the operators that carry meaning; strings count by the words in them.
_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*|[+\-*/%@&|^~<>=!]+")
_NUMBERED = re.compile(r"_\d+$")
_FREE = frozenset(
    (
        "await",
        "async",
        "for",
        "in",
        "with",
        "as",
        "lambda",
        "list",
        "not",
        "if",
        "is_error",
        "_",
        "=",
        "row",
        "pass",
    )
)


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def lost_words(before: Tree, after: Tree, recipes: Iterable[Recipe]) -> Counter[str]:
    """Words that are gone although no recipe replaces them."""
    recipes = tuple(recipes)
    gone = Counter(words(_body(before))) - Counter(words(_body(after)))
    return gone - Counter(_replaced(before, recipes))


def gained_words(before: Tree, after: Tree, recipes: Iterable[Recipe]) -> set[str]:
    """Words that are new although no recipe brings them."""
    recipes = tuple(recipes)
    new = Counter(words(_body(after))) - Counter(words(_body(before)))
    brought = {word for recipe in recipes for word in _vocabulary(recipe)}
    imported = set(words(" ".join(_import_texts(after))))
    known = brought | imported | _FREE
    return {word for word in new if word not in known and _NUMBERED.sub("", word) not in known}


def out_of_order(before: Tree, after: Tree, recipes: Iterable[Recipe]) -> str | None:
    """The first word of a kept sequence that stands elsewhere now, or None.

    What is not replaced must come in the same order as before. Requests that move in front of their
    statement are let off.
    """
    recipes = tuple(recipes)
    if any(isinstance(recipe, NativeRequest) for recipe in recipes):
        return None
    kept = _words_outside(before, [s for each in recipes for s in replaced_spans(before, each)])
    remaining = iter(words(_body(after)))
    for word in kept:
        if not any(other == word for other in remaining):
            return word
    return None


def _words_outside(tree: Tree, spans: list[Span]) -> list[str]:
    spans = sorted([*spans, *_import_spans(tree)])
    pieces: list[str] = []
    position = 0
    for span in spans:
        if span.start >= position:
            pieces.append(tree.text[position : span.start])
            position = span.end
    pieces.append(tree.text[position:])
    return words(" ".join(pieces))


def _body(tree: Tree) -> str:
    """The text without its imports, which have checks of their own."""
    pieces: list[str] = []
    position = 0
    for span in _import_spans(tree):
        pieces.append(tree.text[position : span.start])
        position = span.end
    pieces.append(tree.text[position:])
    return " ".join(pieces)


def _import_spans(tree: Tree) -> list[Span]:
    """The imports, each with the comment behind it, which goes when it goes: `# type: ignore`."""
    return sorted(with_comment(tree, tree.span(node)) for node in _imports(tree))


def _imports(tree: Tree) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in tree.nodes if isinstance(node, (ast.Import, ast.ImportFrom)))


def _import_texts(tree: Tree) -> Iterator[str]:
    for node in _imports(tree):
        span = tree.span(node)
        yield tree.text[span.start : span.end]


def _replaced(tree: Tree, recipes: Iterable[Recipe]) -> Iterator[str]:
    """Words that recipes may take away: callees, and what a request translates."""
    for recipe in recipes:
        for span in replaced_spans(tree, recipe):
            yield from words(tree.text[span.start : span.end])
        request = recipe.request if isinstance(recipe, ClientRequest) else recipe
        if isinstance(request, NativeRequest):
            for translation in request.translations:
                yield from words(tree.text[translation.span.start : translation.span.end])
            yield from ("not", "=", "allow_redirects", "data")


def _vocabulary(recipe: Recipe) -> Iterator[str]:
    """The words of everything a recipe says."""
    for text in _texts(recipe):
        yield from words(text)
    yield from _SAID.get(type(recipe), ())
    if isinstance(recipe, (HopCall, HopBlock, HandOver)) and not recipe.runner.curries:
        yield from ("functools", "partial")
    if isinstance(recipe, HopBlock) and recipe.outer:
        yield "nonlocal"
    if isinstance(recipe, HopBlock) and recipe.leaving is not None:
        yield from ("True", "False", "None")
    if isinstance(recipe, HeldHandle) and recipe.closings:
        yield from ("try", "finally", "None")
    if isinstance(recipe, (NativeRequest, SwapClient)):
        yield from _of_request(recipe)
    if isinstance(recipe, StreamRequest):
        yield from _of_request(recipe.request)


# What a kind of recipe says besides what its fields hold.
_SAID: dict[type, tuple[str, ...]] = {
    HopAttribute: ("getattr",),
    JoinRelated: ("select_related",),
    HopBlock: ("def", "return"),
    LeaveInThread: ("try", "finally"),
    ReadLines: ("while", "readline", *words(":=")),
    ReadChunks: ("while", *words(":= !=")),
    ReadItems: ("while", "next", "is", "None", *words(":=")),
    GatherAwaits: ("asyncio", "gather"),
    SliceAsync: ("__getitem__", "slice", "None"),
    ChooseAsync: ("bool", "else", *words(":=")),
    StreamRequest: ("each", "aread", "aclose"),
}


def _of_request(recipe: NativeRequest | SwapClient) -> Iterator[str]:
    """What the templates of a request leave open: modules, and names that the file does not have yet."""
    yield from words("_SSL_CONTEXT response http_response _http_response and raise_for_status")
    if isinstance(recipe, SwapClient):
        yield from words("= pool False")
    variable = recipe.opening.variable
    yield from (f"http_{variable}", f"_http_{variable}")
    if not recipe.verified:
        yield "_UNVERIFIED_SSL_CONTEXT"
    if recipe.bundle:
        yield "_CA_BUNDLE"
    if isinstance(recipe, NativeRequest) and recipe.owner is not None:
        yield from ("current", "contextlib", "aclosing")
    text = "".join(_texts(recipe))
    yield from (module for mark, module in MODULES.items() if mark in text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, frozenset)) and not isinstance(value, (Place, Span)):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts(getattr(value, each.name))
