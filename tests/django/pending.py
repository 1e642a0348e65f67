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
        before: only on versions of Django below this one; none stands for all.
    """

    missing: str
    names: tuple[str, ...]
    before: tuple[int, ...] | None = None


PENDING: tuple[Pending, ...] = (
    Pending(
        "request.user is lazy",
        (
            *("who_am_i", "members_only", "user_in_a_filter", "user_compared", "user_in_text"),
            *("reader_of_the_user", "log_out_and_look", "own_permissions", "change_own_password"),
            *("own", "logged_in_only", "helper_given_the_request"),
        ),
    ),
    Pending(
        "sessions: items, and methods that have no native form",
        ("session_write", "session_contains", "session_delete", "session_expiry"),
    ),
    Pending(
        "sessions below 5.1",
        (
            *("session_get", "session_counter", "session_methods", "session_keys"),
            *("session_nested", "session_flush", "session_cycle"),
        ),
        before=(5, 1),
    ),
    Pending(
        "generic views",
        ("book_list", "book_detail", "book_detail_missing", "book_titles", "book_object"),
    ),
    Pending("bodies that are made while they are sent", ("streamed", "streamed_expression")),
    Pending(
        "forms: fields with querysets, formsets, rows that were not committed",
        ("model_form_not_committed", "choice_form", "form_as_text", "formset"),
    ),
    Pending("pages are lazy", ("paginator",)),
    Pending(
        "relations that are read",
        (
            *("foreign_key", "foreign_key_twice_removed", "foreign_key_compared"),
            *("foreign_key_in_a_loop", "foreign_key_in_a_comprehension", "sorted_by_foreign_key"),
            *("foreign_key_in_a_list", "foreign_key_of_the_first", "reverse_one_to_one"),
            *("missing_one_to_one", "has_one_to_one", "generic_foreign_key", "deferred_field"),
            *("property_of_a_model", "text_of_a_row"),
        ),
    ),
    Pending(
        "relations from the other side",
        ("generic_relation", "register"),
    ),
    Pending("methods that Django makes for fields", ("next_by_date",)),
    Pending("callbacks of a transaction", ("on_commit", "on_commit_rolled_back")),
    Pending("a cursor without a block", ("cursor_without_block",)),
)


def why_pending(name: str, django: tuple[int, ...]) -> str | None:
    """What is missing for a view under a version of Django; None where nothing is."""
    for each in PENDING:
        if name in each.names and (each.before is None or django < each.before):
            return each.missing
    return None
