"""A fixture: input and expected output in one file, as black's test cases have it.

    # flags: --unsafe-fixes --django-version=5.2
    # finds: 7 sleep time.sleep native
    # finds: 9 offload builtins.open open-handle
    <input>
    # output
    <expected; without this part the input must stay byte for byte>

A `finds` line gives line, rule, call, and the strategy of the fix (`native`, `thread`; with a `!` behind it
when it is unsafe) or the code of the reason why there is none. A case may be a folder: every file in it
has this form, and all of them are one project.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
_OUTPUT = "# output\n"


@dataclass(frozen=True)
class FixtureFile:
    """One file of a case."""

    name: str
    text: str
    expected: str
    flags: tuple[str, ...]
    finds: tuple[str, ...]


@dataclass(frozen=True)
class FixtureCase:
    """One case: a file, or a folder of files."""

    rule: str
    name: str
    files: tuple[FixtureFile, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(flag for file in self.files for flag in file.flags)


def read_file(path: Path, name: str) -> FixtureFile:
    """Take a fixture file apart."""
    text = path.read_bytes().decode()
    before, divider, expected = text.partition(f"\n{_OUTPUT}")
    source = f"{before}\n" if divider else text
    flags: list[str] = []
    finds: list[str] = []
    header = 0
    for line in source.splitlines(keepends=True):
        if line.startswith("# flags:"):
            flags += line.removeprefix("# flags:").split()
        elif line.startswith("# finds:"):
            finds.append(" ".join(line.removeprefix("# finds:").split()))
        else:
            break
        header += len(line)
    return FixtureFile(
        name,
        source,
        source[:header] + expected if divider else source,
        tuple(flags),
        tuple(finds),
    )


def cases(*rules: str) -> list[FixtureCase]:
    """All cases below `tests/fixtures/<rule>/`, of the given rules or of all."""
    found = []
    for folder in sorted(FIXTURES.iterdir()):
        if folder.is_dir() and (folder.name in rules or not rules) and folder.name in RULES:
            for path in sorted(folder.iterdir()):
                if path.suffix == ".py":
                    found.append(FixtureCase(folder.name, path.stem, (read_file(path, path.name),)))
                elif path.is_dir() and path.name != "__pycache__":
                    files = tuple(
                        read_file(inner, inner.relative_to(path).as_posix())
                        for inner in sorted(path.rglob("*.py"))
                    )
                    found.append(FixtureCase(folder.name, path.name, files))
    return found


# Folders of cases; `general` holds what is not about one rule (imports, suppressions, positions).
RULES = (
    *("sleep", "offload", "http", "cpu", "loop", "django", "boundary", "general"),
    *("called-early", "not-awaited", "coroutine-in-thread"),
    *(
        "client-per-call",
        "unbounded-offload",
        "sequential-awaits",
        "connection-held",
        "django-misuse",
        "coroutine-not-taken",
        "django-settings",
    ),
)
