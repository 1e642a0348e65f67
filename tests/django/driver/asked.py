"""Which requests are made of the project, and of which Django on a view works at all.

Only the standard library: the tests read this without Django.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ROUTE = re.compile(r'^    path\("(\w+)/([^"]*)"', re.MULTILINE)
WHO = ("anonymous", "ada")


@dataclass(frozen=True)
class Request:
    """One request; its path begins with the name of the view."""

    path: str
    method: str = "GET"
    data: dict[str, str] = field(default_factory=dict)


# Requests that are no plain GET of the name of the view.
_OTHERS = {
    "log_in": Request("/log_in/", "POST", {"username": "bob", "password": "secret"}),
    "model_form": Request(
        "/model_form/",
        "POST",
        {"title": "Elm", "pages": "9", "published": "2024-01-02", "author": "2"},
    ),
    "post_only": Request("/post_only/", "POST", {"name": "posted"}),
    "plain_form": Request("/plain_form/?words=oak"),
    "paginator": Request("/paginator/?page=2"),
    "atomic_block": Request("/atomic_block/?visit=1"),
    "new_tag_post": Request("/new_tag/", "POST", {"name": "posted"}),
    "created_tag_post": Request("/created_tag/", "POST", {"name": "posted"}),
    "created_tag_refused": Request("/created_tag/", "POST"),
    "deleted_tag": Request("/deleted_tag/red/", "DELETE"),
    "new_tag_refused": Request("/new_tag/", "POST"),
    "edit_tag_post": Request("/edit_tag/", "POST", {"name": "crimson"}),
    "dashboard": Request("/dashboard/?words=s"),
    "searched_in_vain": Request("/searched/?words=none"),
    "searched_for_many": Request("/searched/?words=s"),
    "added_book": Request(
        "/added_book/",
        "POST",
        {"title": "Elm", "pages": "9", "published": "2024-01-02", "author": "1"},
    ),
    "added_book_refused": Request("/added_book/", "POST", {"title": "Oak"}),
    "counted_by_middleware": Request("/only_lazy/?number=1"),
    "tag": Request("/tag/red/"),
    "tag_post": Request("/tag/fresh/", "POST"),
    "book_list": Request("/book_list/?page=2"),
    "book_detail": Request("/book_detail/Iris/"),
    "book_detail_missing": Request("/book_detail/none/"),
    "book_object": Request("/book_object/Moss/"),
}

# Decorators that take coroutines since this Django.
SINCE = {
    "get_only": (5, 0),
    "post_only": (5, 0),
    "logged_in_only": (5, 1),
    "permitted_only": (5, 1),
    "readers_only": (5, 1),
    "members_view": (5, 2),
}


def requests(project: Path) -> dict[str, Request]:
    """The request for each route of the project, and some more, by name."""
    routes = _ROUTE.findall((project / "config" / "urls.py").read_text(encoding="utf-8"))
    return {name: Request(f"/{name}/") for name, _ in routes} | _OTHERS


def works_on(name: str, django: tuple[int, ...]) -> bool:
    """Whether the view can be a coroutine on this Django."""
    return django >= SINCE.get(name, (0,))
