"""What the fields of models lead to, however the other model is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.resolve.values import Defined, External
from tests.resolve.project import SmallProject

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "config/settings.py": 'AUTH_USER_MODEL = "accounts.Member"\n',
    "tests/settings.py": 'AUTH_USER_MODEL = "tests.Somebody"\n',
    "accounts/__init__.py": "",
    "accounts/models.py": """
        from django.contrib.auth.models import AbstractUser

        class Member(AbstractUser):
            pass
        """,
    "apps/library/__init__.py": "",
    "apps/library/apps.py": """
        from django.apps import AppConfig

        class LibraryConfig(AppConfig):
            name = "apps.library"
            label = "books"
        """,
    "apps/library/fields.py": """
        from django.db import models

        class OwnerField(models.ForeignKey):
            def __init__(self, verbose, **kwargs):
                super().__init__(**kwargs)

        class Plain(models.ForeignKey):
            pass
        """,
    "apps/library/models/__init__.py": "from .author import Author\nfrom .book import *\n",
    "apps/library/models/author.py": """
        from django.db import models

        class Author(models.Model):
            name = models.CharField(max_length=20)
            best = models.ForeignKey("Book", null=True, on_delete=models.CASCADE)
        """,
    "apps/library/models/book.py": """
        from django.conf import settings
        from django.contrib.auth import get_user_model
        from django.contrib.contenttypes.fields import GenericForeignKey
        from django.db import models
        from elsewhere import Foreign, somewhere

        from apps.library.fields import OwnerField, Plain
        from apps.library.models.author import Author as Writer

        User = get_user_model()
        TARGET = somewhere()

        class Node(models.Model):
            parent = models.ForeignKey("self", on_delete=models.CASCADE)
            near = models.ForeignKey("Author", on_delete=models.CASCADE)

            class Meta:
                abstract = True

        class Book(Node):
            by_class = models.ForeignKey(Writer, on_delete=models.CASCADE)
            by_keyword: "models.ForeignKey[Writer]" = models.ForeignKey(to=Writer, on_delete=models.CASCADE)
            by_name = models.OneToOneField("Author", on_delete=models.CASCADE)
            by_label = models.ForeignKey("books.Author", on_delete=models.CASCADE)
            by_lower_case = models.ForeignKey("books.author", on_delete=models.CASCADE)
            by_wrong_label = models.ForeignKey("library.Author", on_delete=models.CASCADE)
            by_setting = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
            by_getattr = models.ForeignKey(getattr(settings, "AUTH_USER_MODEL", "auth.User"), models.CASCADE)
            by_function = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
            by_variable = models.ForeignKey(User, on_delete=models.CASCADE)
            of_django = models.ForeignKey("auth.Group", on_delete=models.CASCADE)
            of_the_model = models.ManyToManyField("other.Shelf")
            foreign = models.ForeignKey(Foreign, on_delete=models.CASCADE)
            computed = models.ForeignKey(TARGET, on_delete=models.CASCADE)
            nobody = models.ForeignKey("nowhere.Thing", on_delete=models.CASCADE)
            own_field = OwnerField("Author", to="Author")
            own_field_only = OwnerField("Author")
            plain_field = Plain(Writer, on_delete=models.CASCADE)
            title = models.CharField(max_length=20)
            about = GenericForeignKey()
            pages = 3

        class Special(Book):
            pass
        """,
    "shelves/__init__.py": "",
    "shelves/tables.py": """
        from django.db import models

        class Shelf(models.Model):
            class Meta:
                app_label = "other"
        """,
}
_AUTHOR = "apps/library/models/author.py:Author"
_BOOK = "apps/library/models/book.py:Book"
_USER = "accounts/models.py:Member"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    return SmallProject(tmp_path_factory.mktemp("library"), _FILES)


def leads_to(project: SmallProject, model: str, name: str) -> str:
    field = project.bench.resolver.model_fields.field(project.defined(model), name)
    if field is None:
        return "no field"
    if isinstance(field.target, Defined):
        return f"{field.holds.value} {project.names([field.target])[0]}"
    target = field.target.name if isinstance(field.target, External) else "?"
    return f"{field.holds.value} {target}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("by_class", f"one {_AUTHOR}"),
        ("by_keyword", f"one {_AUTHOR}"),
        ("by_name", f"one {_AUTHOR}"),
        ("by_label", f"one {_AUTHOR}"),
        ("by_lower_case", f"one {_AUTHOR}"),
        ("by_wrong_label", "one ?"),
        ("by_setting", f"one {_USER}"),
        ("by_getattr", f"one {_USER}"),
        ("by_function", f"one {_USER}"),
        ("by_variable", f"one {_USER}"),
        ("of_django", "one django.contrib.auth.models.Group"),
        ("of_the_model", "many shelves/tables.py:Shelf"),
        ("foreign", "one elsewhere.Foreign"),
        ("computed", "one ?"),
        ("nobody", "one ?"),
        ("own_field", f"one {_AUTHOR}"),
        ("own_field_only", "one ?"),
        ("plain_field", f"one {_AUTHOR}"),
        ("title", "value ?"),
        ("about", "any ?"),
        ("pages", "no field"),
        ("missing", "no field"),
        ("near", f"one {_AUTHOR}"),
    ],
)
def test_a_field_leads_to_the_model_that_it_names(
    library: SmallProject, name: str, expected: str
) -> None:
    assert leads_to(library, _BOOK, name) == expected


def test_self_is_the_class_that_has_the_column(library: SmallProject) -> None:
    special = "apps/library/models/book.py:Special"

    assert leads_to(library, _BOOK, "parent") == f"one {_BOOK}"
    assert leads_to(library, special, "parent") == f"one {_BOOK}"


def test_a_name_is_looked_for_in_the_whole_application(library: SmallProject) -> None:
    assert leads_to(library, _AUTHOR, "best") == f"one {_BOOK}"


def test_settings_that_differ_say_nothing(tmp_path: Path) -> None:
    files = {**_FILES, "config/other.py": 'AUTH_USER_MODEL = "auth.User"\n'}

    project = SmallProject(tmp_path, files)

    assert leads_to(project, _BOOK, "by_setting") == "one django.contrib.auth.models.AbstractUser"


def test_two_applications_of_one_label_say_nothing(tmp_path: Path) -> None:
    author = "from django.db import models\nclass Author(models.Model):\n    pass\n"
    files = {
        "one/shop/__init__.py": "",
        "one/shop/models.py": author,
        "two/shop/__init__.py": "",
        "two/shop/models.py": author,
        "things/__init__.py": "",
        "things/models.py": "from django.db import models\nclass Thing(models.Model):\n"
        '    author = models.ForeignKey("shop.Author", models.CASCADE)\n',
    }

    project = SmallProject(tmp_path, files)

    assert leads_to(project, "things/models.py:Thing", "author") == "one ?"
