"""Views of the bookshop that are not put right yet, and what is missing.

The test of a view that stands here must fail; when it no longer does, the view goes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pending:
    """Some views that wait for the same thing.

    Attributes:
        missing: what is not known, found or written so far.
        names: the views.
        since: only from this version of Django on.
    """

    missing: str
    names: tuple[str, ...]
    since: tuple[int, ...] = ()


PENDING: tuple[Pending, ...] = (
    Pending(
        "request.user in helpers, and what belongs to the user",
        ("reader_of_the_user",),
    ),
    Pending(
        "generic views",
        (
            "book_list",
            "book_detail",
            "book_detail_missing",
            "book_titles",
            "book_object",
            "new_tag_post",
        ),
    ),
    Pending("bodies that are made while they are sent", ("streamed", "streamed_expression")),
    Pending(
        "forms: fields with querysets, formsets, rows that were not committed",
        ("model_form_not_committed", "choice_form", "form_as_text", "formset", "added_book"),
    ),
    Pending("pages are lazy", ("paginator",)),
    Pending(
        "relations that are read",
        (
            "sorted_by_foreign_key",
            "reverse_one_to_one",
            "missing_one_to_one",
            "has_one_to_one",
        ),
    ),
)


def why_pending(name: str, django: tuple[int, ...]) -> str | None:
    """What is missing for a view under a version of Django; None where nothing is."""
    for each in PENDING:
        if name in each.names and django >= each.since:
            return each.missing
    return None
