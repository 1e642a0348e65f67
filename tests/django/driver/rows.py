"""The state before each request, and what there is to see of it afterwards."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone
from shop.models import Author, Book, Label, Profile, Publisher, Reader, Review, Tag

SESSION_KEY = "s" * 32
_KEYS = ("greeting", "one", "two", "counter", "number", "fixed")


def make_tables() -> None:
    """Create the database, where it is PostgreSQL, and the tables; without migrations."""
    settings.MIGRATION_MODULES = {each.label: None for each in apps.get_app_configs()}
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)


def fill() -> None:
    """The same rows, with the same keys, in a database that holds no others."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _emptying():
            cursor.execute(statement)
        _fill()


def forget_cached() -> None:
    """Nothing in caches, among the files that were stored, and in the outbox."""
    caches["default"].clear()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    mail.outbox = []
    ContentType.objects.clear_cache()


def rows() -> dict[str, Any]:
    """All that is in the database, with sessions and passwords told by what they are good for."""
    models = apps.get_app_config("shop").get_models(include_auto_created=True)
    cached = {key: caches["rows"].get(key) for key in _KEYS}
    tables = {model._meta.label: _rows(model) for model in models}
    return {"tables": tables, "users": _users(), "sessions": _sessions(), "cached": cached}


def kept() -> dict[str, Any]:
    """What is cached, stored and sent beside the database."""
    root = settings.MEDIA_ROOT
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        "cached": {key: caches["default"].get(key) for key in _KEYS},
        "files": sorted(f"{path.relative_to(root)} {path.read_text()}" for path in files),
        "mails": [f"{each.subject} {each.to}" for each in getattr(mail, "outbox", [])],
    }


def open_connections() -> int:
    """How many other connections the database has, in whatever state."""

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def _emptying() -> list[str]:
    kept = ("django_content_type", "auth_permission")
    tables = [name for name in connection.introspection.table_names() if name not in kept]
    if connection.vendor != "postgresql":
        return list(connection.ops.sql_flush(no_style(), tables, reset_sequences=True))
    # TRUNCATE makes new files.
    sequences = (
        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)"
        for name in tables
        if name not in ("django_session", "shop_cache")
    )
    return [
        "SET LOCAL session_replication_role = replica",
        *(f'DELETE FROM "{name}"' for name in tables),
        *sequences,
        "SET LOCAL session_replication_role = origin",
    ]


def _fill() -> None:

    house = Publisher.objects.create(name="House")
    ada = Author.objects.create(name="Ada", publisher=house)
    bob = Author.objects.create(name="Bob", publisher=house)
    Profile.objects.create(author=ada, bio="wrote much")
    red = Tag.objects.create(name="red")
    green = Tag.objects.create(name="green")
    for number, (title, author) in enumerate(
        (("Oak", bob), ("Moss", ada), ("Iris", ada), ("Fern", ada)), 1
    ):
        book = Book.objects.create(
            title=title, author=author, pages=60 * number, published=date(2020, 1, number)
        )
        book.tags.set([red] if number % 2 else [red, green])
    iris = Book.objects.get(title="Iris")
    Review.objects.create(book=iris, text="good")
    Review.objects.create(book=iris, text="better")
    Label.objects.create(
        text="new", object_id=iris.pk, content_type=ContentType.objects.get_for_model(Book)
    )
    _fill_users(iris)


def _fill_users(favourite: Any) -> None:

    readers = Group.objects.create(name="readers")
    readers.permissions.add(Permission.objects.get(codename="add_book"))
    for name in ("ada", "bob"):
        user = User.objects.create_user(name, f"{name}@example.org", "secret")
        user.groups.add(readers)
        Reader.objects.create(user=user, favourite=favourite)
    ada = User.objects.get(username="ada")
    held = {
        "_auth_user_id": str(ada.pk),
        "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
        "_auth_user_hash": ada.get_session_auth_hash(),
        "colour": "red",
    }
    Session.objects.create(
        session_key=SESSION_KEY,
        session_data=SessionStore().encode(held),
        expire_date=timezone.now() + timedelta(days=1),
    )


def _rows(model: Any) -> list[list[str]]:
    # Content types are numbered as they come.
    fields = [each.attname for each in model._meta.concrete_fields if each.name != "content_type"]
    return [
        list(map(str, row)) for row in model._default_manager.order_by("pk").values_list(*fields)
    ]


def _users() -> list[list[Any]]:

    return [
        [
            *(user.username, user.email, user.is_active, user.last_login is None),
            *(user.check_password(password) for password in ("secret", "changed")),
            sorted(group.name for group in user.groups.all()),
        ]
        for user in User.objects.order_by("pk")
    ]


def _sessions() -> list[Any]:
    """What sessions hold; their keys are random, and so is what proves that a user is logged in."""

    sessions = []
    for session in Session.objects.all():
        held = session.get_decoded()
        if "_auth_user_hash" in held:
            user = User.objects.get(pk=held["_auth_user_id"])
            valid = held["_auth_user_hash"] == user.get_session_auth_hash()
            held["_auth_user_hash"] = valid
        sessions.append([session.session_key == SESSION_KEY, dict(sorted(held.items()))])
    return sorted(sessions, key=str)
