"""What settings, and classes elsewhere, say of an async form counts in a run that keeps the results of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from awaken.engine import analyse
from awaken.project.configuration import Configuration, override

if TYPE_CHECKING:
    from pathlib import Path

_VIEWS = """\
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.dispatch import Signal

paid = Signal()


async def enter(user: User):
    paid.send(sender=None)
    return authenticate(username="ada"), user.has_perm("x")
"""
_SETTINGS = """\
INSTALLED_APPS = ["django.contrib.auth", "shop"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
"""
_DENYING = """\
from django.contrib.auth.backends import ModelBackend


class Nobody(ModelBackend):
    def authenticate(self, request, **credentials):
        return None
"""
_ALL = ["native", "native", "native"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "views.py").write_text(_VIEWS)
    (folder / "shop" / "other.py").write_text("NAMES = ()\n")
    (folder / "settings.py").write_text(_SETTINGS)
    return folder


def fixes(project: Path) -> list[str]:
    """How the calls are fixed: the signal, the authentication, the permission."""
    configuration = override(Configuration(), min_severity="low", django_version="6.1")
    for _ in range(2):  # the second run uses what the first one kept
        analysis = analyse([project], root=project, configuration=configuration, jobs=1, cache=True)
    planned = next(each.planned for each in analysis.plans if each.source.path.name == "views.py")
    return [each.safe.strategy.value for each in planned if each.safe is not None]


def test_stock_classes_are_proven(project: Path) -> None:
    assert fixes(project) == _ALL


def test_settings_that_change_are_read_again(project: Path) -> None:
    assert fixes(project) == _ALL
    (project / "shop" / "backends.py").write_text(_DENYING)
    (project / "settings.py").write_text(
        _SETTINGS.replace('["django.contrib.auth.backends.ModelBackend', '["shop.backends.Nobody')
    )

    assert fixes(project) == ["native", "thread", "thread"]


def test_a_file_that_patches_the_user_is_seen(project: Path) -> None:
    assert fixes(project) == _ALL
    (project / "shop" / "other.py").write_text(
        "def install(User):\n    User.has_perm = lambda *_: True\n"
    )

    assert fixes(project) == ["native", "thread", "thread"]


def test_a_receiver_that_becomes_a_coroutine_is_seen(project: Path) -> None:
    text = "from shop.views import paid\n\n\n{}def mail(sender, **kwargs):\n    return 1\n\n\npaid.connect(mail)\n"
    (project / "shop" / "other.py").write_text(text.format(""))
    assert fixes(project) == _ALL
    (project / "shop" / "other.py").write_text(text.format("async "))

    assert fixes(project) == ["thread", "thread", "native"]


@pytest.mark.parametrize(
    "line",
    [
        "from somewhere import *",
        "AUTHENTICATION_BACKENDS = environ['BACKENDS'].split()",
        "AUTHENTICATION_BACKENDS.insert(0, 'axes.backends.AxesStandaloneBackend')",
        "AUTHENTICATION_BACKENDS += ['axes.backends.AxesStandaloneBackend']",
        "globals()['AUTHENTICATION_' + 'BACKENDS'] = []",
        "exec(open('local.py').read())",
        "configure(AUTHENTICATION_BACKENDS)",
        "OTHERS = AUTHENTICATION_BACKENDS",
    ],
)
def test_settings_that_cannot_be_told_prove_nothing(project: Path, line: str) -> None:
    (project / "settings.py").write_text(f"{_SETTINGS}{line}\n")

    assert fixes(project)[1:] == ["thread", "thread"]


@pytest.mark.parametrize(
    "line",
    [
        "AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS]",
        "AUTHENTICATION_BACKENDS.append('django.contrib.auth.backends.AllowAllUsersModelBackend')",
        "assert 'django.contrib.auth.backends.ModelBackend' in AUTHENTICATION_BACKENDS",
        "from django.conf.global_settings import *",
    ],
)
def test_settings_that_are_stock_however_written_prove_it(project: Path, line: str) -> None:
    (project / "settings.py").write_text(f"{_SETTINGS}{line}\n")

    assert fixes(project) == _ALL


def test_a_library_proves_nothing_of_the_projects_that_use_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nclassifiers = ["Framework :: Django :: 6.1"]\n'
    )

    assert fixes(project) == ["thread", "thread", "thread"]
