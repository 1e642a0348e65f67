"""The options that check, diff and apply share, packed into one `Request`."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from awaken.project.configuration import STRATEGIES
from awaken.rules import RULES, SELECTABLE
from awaken_cli.nearest import did_you_mean
from awaken_cli.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

Function: TypeAlias = "Callable[..., Any]"
_FIELDS: Final = tuple(field.name for field in dataclasses.fields(Request))


def known_rules(names: tuple[str, ...]) -> tuple[str, ...]:
    """Split comma-separated rule names and check them.

    Raises:
        click.BadParameter: a rule is not known; the message names the nearest one.
    """
    split = [name.strip() for text in names for name in text.split(",")]
    for name in split:
        if name not in SELECTABLE:
            raise click.BadParameter(f'there is no rule "{name}"{did_you_mean(name, RULES)}')
    return tuple(dict.fromkeys(split))


def _strategies(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> tuple[str, ...]:
    split = [name.strip() for text in value for name in text.split(",")]
    for name in split:
        if name not in STRATEGIES:
            advice = did_you_mean(name, STRATEGIES)
            raise click.BadParameter(f'there is no kind of fix "{name}"{advice}')
    return tuple(dict.fromkeys(split))


def _rules(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return known_rules(value)


def _paths(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return value or (".",)


_OPTIONS: Final[tuple[Callable[[Function], Function], ...]] = (
    click.argument("paths", nargs=-1, callback=_paths),
    click.option(
        "--select", metavar="RULE", multiple=True, callback=_rules,
        help="Report only this rule, or ruff's code for it. Repeat it, or separate by commas.",
    ),
    click.option(
        "--extend-select", metavar="RULE", multiple=True, callback=_rules,
        help="Report this rule besides the others; some are reported on request only.",
    ),
    click.option(
        "--ignore", metavar="RULE", multiple=True, callback=_rules,
        help="Do not report this rule or code. Repeat it, or separate by commas.",
    ),
    click.option(
        "--strategy", "strategies", metavar="KIND", multiple=True, callback=_strategies,
        help="Make only fixes of this kind: native, thread, block, await or sync. Repeat it, or"
        " separate by commas; the first is preferred.  [default: all but sync, or as configured]",
    ),
    click.option(
        "--min-severity", type=click.Choice(["low", "medium", "high"]),
        help="The least severity to report.  [default: medium, or as configured]",
    ),
    click.option(
        "--target-python", metavar="VERSION",
        help="The oldest Python that the code must run on.  [default: as the project says]",
    ),
    click.option(
        "--django-version", metavar="VERSION",
        help="The oldest Django that the code must run on.  [default: as the project says]",
    ),
    click.option(
        "--config", metavar="FILE",
        help="Read the settings from this file instead of the project's pyproject.toml.",
    ),
    click.option(
        "--exclude", metavar="PATTERN", multiple=True,
        help="Pass over what matches, in .gitignore syntax. Repeat it for more.",
    ),
    click.option(
        "--stdin-filename", metavar="FILE",
        help="The name that standard input (`-`) goes by.",
    ),
    click.option(
        "--jobs", "-j", type=click.IntRange(min=1), metavar="N",
        help="Worker processes.  [default: one a core]",
    ),
    click.option("--no-cache", is_flag=True, help="Read every file anew."),
    click.option("--quiet", "-q", is_flag=True, help="Print only data and errors."),
    click.option("--verbose", "-v", is_flag=True, help="List every skipped file with its reason."),
)  # fmt: skip


def analysis_options(function: Function) -> Function:
    """Add the shared options to a command, which gets them as one argument `request`."""

    @functools.wraps(function)
    def packed(**values: Any) -> Any:
        request = Request(**{name: values.pop(name) for name in _FIELDS})
        return function(request=request, **values)

    decorated: Function = packed
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


dependencies_option: Final = click.option(
    "--add-dependencies",
    is_flag=True,
    help="Also add what the rewritten code needs to pyproject.toml, requirements.txt or setup.cfg.",
)
unsafe_option: Final = click.option(
    "--unsafe-fixes",
    "unsafe",
    is_flag=True,
    help="Include fixes after which something differs; the difference is named.",
)
