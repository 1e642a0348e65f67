from __future__ import annotations

import sys
from pathlib import Path

import pytest

from awaken.project.layout import module_name, source_roots
from awaken.project.module_finder import ModuleFinder


def find_import(
    name: str,
    importer: Path,
    roots: tuple[Path, ...],
    foreign: frozenset[str] = sys.stdlib_module_names,
) -> Path | None:
    return ModuleFinder(roots, foreign).find(name, importer)


def find_module(name: str, roots: tuple[Path, ...]) -> Path | None:
    return find_import(name, roots[0] / "main.py", roots)


def write(root: Path, *names: str) -> None:
    fill(root, dict.fromkeys(names, ""))


def fill(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def relative(folders: tuple[Path, ...], root: Path) -> list[str]:
    return [folder.relative_to(root).as_posix() for folder in folders]


DECLARED = {
    "hatch packages": ("pyproject.toml", '[tool.hatch.build.targets.wheel]\npackages=["lib/app"]'),
    "hatch sources": ("pyproject.toml", '[tool.hatch.build]\nsources=["lib"]'),
    "hatch renaming sources": ("pyproject.toml", '[tool.hatch.build.sources]\n"lib/app"="app"'),
    "hatch stripped sources": ("pyproject.toml", '[tool.hatch.build.sources]\n"lib"=""'),
    "setuptools package-dir": ("pyproject.toml", '[tool.setuptools.package-dir]\n""="lib"'),
    "setuptools one package": ("pyproject.toml", '[tool.setuptools.package-dir]\napp="lib/app"'),
    "setuptools find": ("pyproject.toml", '[tool.setuptools.packages.find]\nwhere=["lib"]'),
    "poetry": ("pyproject.toml", '[[tool.poetry.packages]]\ninclude="app"\nfrom="lib"'),
    "pdm": ("pyproject.toml", '[tool.pdm.build]\npackage-dir="lib"'),
    "uv": ("pyproject.toml", '[tool.uv.build-backend]\nmodule-root="lib"'),
    "maturin": ("pyproject.toml", '[tool.maturin]\npython-source="lib"'),
    "pytest": ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath=["lib"]'),
    "mypy": ("pyproject.toml", '[tool.mypy]\nmypy_path="$MYPY_CONFIG_FILE_DIR/lib:stubs"'),
    "pyright": ("pyproject.toml", '[tool.pyright]\nextraPaths=["./lib"]'),
    "setup.cfg package_dir": ("setup.cfg", "[options]\npackage_dir =\n    = lib\n"),
    "setup.cfg find": ("setup.cfg", "[options.packages.find]\nwhere = lib\n"),
    "setup.py": ("setup.py", 'import setuptools\nsetuptools.setup(package_dir={"": "lib"})\n'),
}


@pytest.mark.parametrize(("name", "text"), DECLARED.values(), ids=DECLARED)
def test_a_declared_folder_is_a_source_root_before_the_root(
    tmp_path: Path, name: str, text: str
) -> None:
    fill(tmp_path, {name: text, "lib/app/__init__.py": ""})
    assert relative(source_roots(tmp_path), tmp_path) == ["lib", "."]


def test_src_and_the_root_are_source_roots_without_any_declaration(tmp_path: Path) -> None:
    write(tmp_path, "src/app/__init__.py", "tests/test_app.py")
    assert relative(source_roots(tmp_path), tmp_path) == ["src", "."]


def test_a_package_called_src_is_no_source_root(tmp_path: Path) -> None:
    write(tmp_path, "src/__init__.py", "src/models.py")
    assert relative(source_roots(tmp_path), tmp_path) == ["."]
    assert module_name(tmp_path / "src/models.py", tmp_path, (tmp_path,)) == "src.models"


def test_explicit_folders_come_first_and_may_lie_outside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, "src/a.py", "lib/b.py")
    write(tmp_path, "shared/c.py")
    roots = source_roots(root, [Path("lib"), tmp_path / "shared"])
    assert roots == (root / "lib", tmp_path / "shared", root / "src", root)


def test_declared_folders_that_are_missing_outside_or_third_party_are_left_out(
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    paths = '["gone", "..", "/", ".venv/lib/site-packages", "lib"]'
    write(root, ".venv/lib/site-packages/x.py", "lib/a.py")
    fill(root, {"pyproject.toml": f"[tool.pyright]\nextraPaths={paths}"})
    assert source_roots(root) == (root / "lib", root)


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_a_broken_project_file_declares_nothing_and_does_not_stop_us(
    tmp_path: Path, name: str
) -> None:
    fill(tmp_path, {name: "[[[ (", "src/a.py": ""})
    assert relative(source_roots(tmp_path), tmp_path) == ["src", "."]


@pytest.mark.parametrize(
    "text",
    [
        "tool = 3",
        "[tool]\nhatch=1\nsetuptools=[]\npoetry={packages=[1, {from=2}]}\nmypy={mypy_path=3}",
        '[tool.setuptools.package-dir]\napp="elsewhere"\nother=3',
        "[tool.hatch.build]\nsources=1\npackages={}",
    ],
)
def test_declarations_of_an_odd_shape_are_passed_over(tmp_path: Path, text: str) -> None:
    fill(tmp_path, {"pyproject.toml": text, "elsewhere/a.py": ""})
    assert relative(source_roots(tmp_path), tmp_path) == ["."]


def test_projects_inside_the_project_are_source_roots_with_their_own_src(tmp_path: Path) -> None:
    write(
        tmp_path,
        "pyproject.toml",
        "backend/requirements.txt",
        "backend/app/main.py",
        "packages/core/pyproject.toml",
        "packages/core/src/core/__init__.py",
        "docs/conf.py",
    )
    expected = ["backend", "packages/core/src", "packages/core", "."]
    assert relative(source_roots(tmp_path), tmp_path) == expected


def test_packages_and_environments_with_project_files_are_no_nested_projects(
    tmp_path: Path,
) -> None:
    write(tmp_path, "app/__init__.py", "app/manage.py", "my-env/pyvenv.cfg", "my-env/setup.py")
    write(tmp_path, "node_modules/x/setup.py", ".tox/setup.py")
    assert relative(source_roots(tmp_path), tmp_path) == ["."]


NAMES = {
    "src/app/api/views.py": "app.api.views",
    "src/app/api/__init__.py": "app.api",
    "src/app/__init__.py": "app",
    "src/app/__main__.py": "app.__main__",
    "src/company/tools/run.py": "company.tools.run",
    "src/single.py": "single",
    "tests/unit/test_app.py": "tests.unit.test_app",
    "manage.py": "manage",
    "scripts/my-job.py": "scripts.my-job",
    "services/pay/app/main.py": "app.main",
    "src/__init__.pyi.py": "__init__.pyi",
}


@pytest.mark.parametrize(("path", "name"), NAMES.items())
def test_a_file_is_named_by_its_path_below_the_innermost_source_root(
    tmp_path: Path, path: str, name: str
) -> None:
    write(tmp_path, "services/pay/pyproject.toml", "src/app/__init__.py", path)
    assert module_name(tmp_path / path, tmp_path, source_roots(tmp_path)) == name


def test_a_relative_path_starts_at_the_root(tmp_path: Path) -> None:
    assert module_name(Path("app/main.py"), tmp_path, (tmp_path,)) == "app.main"


def test_a_file_outside_every_root_is_named_from_the_nearest_folder_that_is_no_package(
    tmp_path: Path,
) -> None:
    write(tmp_path, "away/app/__init__.py", "away/app/api/__init__.py", "away/app/api/views.py")
    write(tmp_path, "away/script.py")
    root = tmp_path / "root"
    assert module_name(tmp_path / "away/app/api/views.py", root, (root,)) == "app.api.views"
    assert module_name(tmp_path / "away/app/api/__init__.py", root, (root,)) == "app.api"
    assert module_name(tmp_path / "away/script.py", root, (root,)) == "script"


def test_a_root_that_is_only_a_part_of_a_package_is_named_from_above_it(tmp_path: Path) -> None:
    write(tmp_path, "app/__init__.py", "app/api/__init__.py", "app/api/views.py")
    root = tmp_path / "app" / "api"
    roots = source_roots(root)
    assert roots == (tmp_path,)
    assert module_name(root / "views.py", root, roots) == "app.api.views"
    assert find_module("app.api.views", roots) == root / "views.py"


def test_a_described_root_keeps_its_place_although_it_holds_an_init_file(tmp_path: Path) -> None:
    root = tmp_path / "plugin"
    write(root, "__init__.py", "pyproject.toml", "core.py")
    roots = source_roots(root)
    assert roots == (root,)
    assert module_name(root / "core.py", root, roots) == "core"
    assert module_name(root / "__init__.py", root, roots) == "plugin"


def test_a_module_is_found_as_file_or_package_and_a_namespace_is_not(tmp_path: Path) -> None:
    write(tmp_path, "app/__init__.py", "app/models.py", "space/tool.py")
    roots = (tmp_path,)
    assert find_module("app", roots) == tmp_path / "app/__init__.py"
    assert find_module("app.models", roots) == tmp_path / "app/models.py"
    assert find_module("space", roots) is None
    assert find_module("space.tool", roots) == tmp_path / "space/tool.py"
    assert find_module("app.missing", roots) is None
    assert find_module("json", roots) is None


def test_a_package_wins_over_a_module_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "app/__init__.py")
    assert find_module("app", (tmp_path,)) == tmp_path / "app/__init__.py"


def test_the_first_root_with_the_top_level_package_decides(tmp_path: Path) -> None:
    write(tmp_path, "one/app/__init__.py", "two/app/__init__.py", "two/app/late.py")
    roots = (tmp_path / "one", tmp_path / "two")
    assert find_module("app", roots) == tmp_path / "one/app/__init__.py"
    assert find_module("app.late", roots) is None


def test_a_namespace_package_spans_roots(tmp_path: Path) -> None:
    write(tmp_path, "one/space/first.py", "two/space/second.py")
    roots = (tmp_path / "one", tmp_path / "two")
    assert find_module("space.first", roots) == tmp_path / "one/space/first.py"
    assert find_module("space.second", roots) == tmp_path / "two/space/second.py"


@pytest.mark.parametrize("name", ["", ".", "..app", "app.", "../app", "a\0b", "app/x"])
def test_what_is_no_dotted_name_is_no_module(tmp_path: Path, name: str) -> None:
    write(tmp_path, "app/__init__.py", "app/x.py")
    assert find_module(name, (tmp_path,)) is None


def test_an_import_is_looked_up_from_the_folder_above_the_package_too(tmp_path: Path) -> None:
    write(tmp_path, "app/db.py", "server/app/__init__.py", "server/app/main.py")
    write(tmp_path, "server/app/db.py", "scripts/job.py", "scripts/helper.py")
    roots = source_roots(tmp_path)
    main, job = tmp_path / "server/app/main.py", tmp_path / "scripts/job.py"
    assert find_import("app.db", main, roots) == tmp_path / "server/app/db.py"
    assert find_import("helper", job, roots) == tmp_path / "scripts/helper.py"
    assert find_module("helper", roots) is None


def test_an_import_prefers_the_source_root_that_holds_the_importing_file(tmp_path: Path) -> None:
    write(tmp_path, "a/setup.py", "a/conf/x.py", "b/setup.py", "b/conf/x.py", "b/run.py")
    roots = source_roots(tmp_path)
    assert find_import("conf.x", tmp_path / "b/run.py", roots) == tmp_path / "b/conf/x.py"
    assert find_import("conf.x", tmp_path / "run.py", roots) == tmp_path / "a/conf/x.py"


def test_a_neighbour_with_the_name_of_a_library_is_not_taken_for_it(tmp_path: Path) -> None:
    write(tmp_path, "app/redis.py", "app/queue.py", "app/helper.py", "pack/__init__.py")
    write(tmp_path, "pack/celery.py")
    main, roots = tmp_path / "app/main.py", (tmp_path,)
    assert find_import("queue", main, roots) is None
    assert find_import("redis", main, roots, foreign=frozenset({"redis"})) is None
    assert (
        find_import("helper", main, roots, foreign=frozenset({"redis"}))
        == tmp_path / "app/helper.py"
    )
    assert find_import("celery", tmp_path / "pack/celery.py", roots) is None


def test_a_source_root_may_hide_a_library(tmp_path: Path) -> None:
    write(tmp_path, "queue.py", "main.py")
    found = find_import("queue", tmp_path / "main.py", (tmp_path,))
    assert found == tmp_path / "queue.py"


def test_every_file_of_a_project_has_a_name_of_its_own_that_finds_it_again(tmp_path: Path) -> None:
    files = ["a/__init__.py", "a/x.py", "b/x.py", "x.py", "src/c/x.py", "src/c/__init__.py"]
    write(tmp_path, *files)
    roots = source_roots(tmp_path)
    names = {module_name(tmp_path / file, tmp_path, roots): file for file in files}
    assert len(names) == len(files)
    assert all(find_module(name, roots) == tmp_path / file for name, file in names.items())
