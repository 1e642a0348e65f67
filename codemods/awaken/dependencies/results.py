"""Whether a file says the same as before, and one requirement more."""

from __future__ import annotations

import configparser
import sys
from typing import TYPE_CHECKING, Any

from awaken.dependencies.manifest import Form
from awaken.project.documents import table, texts

if TYPE_CHECKING:
    from awaken.dependencies.needed import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def is_only_added(form: Form, before: str, after: str, requirement: Requirement) -> bool:
    """Whether a text lists one requirement more than another, and is the same for whoever reads it otherwise.

    Args:
        form: how the file lists requirements.
        before: its text.
        after: the text with the requirement.
        requirement: the new one.
    """
    if not _is_before_with_more(before, after):
        return False
    try:
        return _LISTS[form](before, after, requirement)
    except (ValueError, configparser.Error):
        return False


def _is_before_with_more(before: str, after: str) -> bool:
    """Whether the one is the other with something put in, but for a comma that the last item lacked."""
    signs = iter(after)
    return all(sign in signs for sign in before)


def _in_project(before: str, after: str, requirement: Requirement) -> bool:
    old, new = tomllib.loads(before), tomllib.loads(after)
    listed = list(texts(_taken(new, "project", "dependencies")))
    if str(requirement) not in listed:
        return False
    listed.remove(str(requirement))
    return listed == list(texts(_taken(old, "project", "dependencies"))) and old == new


def _in_poetry(before: str, after: str, requirement: Requirement) -> bool:
    old, new = tomllib.loads(before), tomllib.loads(after)
    listed = table(new, "tool", "poetry", "dependencies")
    is_new = listed.pop(requirement.name, None) == (requirement.versions or "*")
    return is_new and old == new


def _in_requirements(before: str, after: str, requirement: Requirement) -> bool:
    lines = after.splitlines()
    lines.remove(str(requirement))
    return lines == before.splitlines()


def _in_setup_cfg(before: str, after: str, requirement: Requirement) -> bool:
    old, new = _ini(before), _ini(after)
    lines = new["options"].pop("install_requires").splitlines()
    lines.remove(str(requirement))
    return lines == old["options"].pop("install_requires").splitlines() and old == new


def _taken(document: dict[str, Any], section: str, key: str) -> object:
    return table(document, section).pop(key, [])


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


_LISTS = {
    Form.PROJECT: _in_project,
    Form.POETRY: _in_poetry,
    Form.REQUIREMENTS: _in_requirements,
    Form.SETUP_CFG: _in_setup_cfg,
}
