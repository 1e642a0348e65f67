"""Runs every snippet in a fresh state of the database and prints what each did, as JSON."""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Set Django up, then run the snippets of the current folder one after the other."""
    sys.path[0] = str(Path.cwd())
    import django  # noqa: PLC0415 - settings come first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        DEBUG=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "rows.sqlite3"}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "shelf"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {"titles.html": "{% for book in books %}{{ book }};{% endfor %}"},
                        )
                    ]
                },
            }
        ],
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", run_syncdb=True, verbosity=0)
    import snippets  # noqa: PLC0415 - its models need the settings

    found = inspect.getmembers(snippets, inspect.iscoroutinefunction)
    coroutines = [each for _, each in found if each.__module__ == "snippets"]
    json.dump({each.__name__: _outcome(each) for each in coroutines}, sys.stdout)


def _outcome(coroutine: Any) -> dict[str, Any]:
    from django.core.cache import cache  # noqa: PLC0415

    _reset()
    cache.clear()
    result, queries = asyncio.run(_run(coroutine))
    return {"result": result, "rows": _rows(), "queries": queries}


async def _run(coroutine: Any) -> tuple[str, int]:
    from asgiref.sync import sync_to_async  # noqa: PLC0415
    from django.db import connection, reset_queries  # noqa: PLC0415

    reset_queries()
    await sync_to_async(reset_queries)()
    try:
        result = repr(await coroutine())
    except Exception as error:  # noqa: BLE001 - what is raised is part of the outcome
        result = f"{type(error).__name__}: {error}"
    here = len(connection.queries)
    return result, here + await sync_to_async(lambda: len(connection.queries))()


def _reset() -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management.color import no_style  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from shelf.models import Author, Book  # noqa: PLC0415

    for model in (Book, Author, User):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(
            no_style(), [{"table": model._meta.db_table} for model in (Book, Author, User)]
        ):
            cursor.execute(statement)
    ada = Author(name="Ada")
    bob = Author(name="Bob")
    ada.save()
    bob.save()
    for number, (title, author) in enumerate(
        [("A", ada), ("B", bob), ("C", ada), ("D", None), ("E", ada)]
    ):
        Book(title=title, author=author, pages=60 * number).save()


def _rows() -> list[list[Any]]:
    from django.contrib.auth.models import User  # noqa: PLC0415
    from shelf.models import Author, Book  # noqa: PLC0415

    books = Book.objects.order_by("pk").values_list("title", "pages", "author__name")
    authors = Author.objects.order_by("pk").values_list("name")
    users = User.objects.order_by("pk").values_list("username", "email")
    return [list(row) for rows in (books, authors, users) for row in rows]


main()
