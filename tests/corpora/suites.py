"""Packages whose own tests run anywhere: no service, no network, a few minutes at most."""

from __future__ import annotations

from dataclasses import dataclass

_PYTEST = ("pytest", "pytest-asyncio")
# pytest-cov and our own measuring would get in each other's way.
_NO_COVERAGE = ("-p", "no:cov", "-o", "addopts=")


@dataclass(frozen=True, slots=True)
class PublishedSuite:
    """A package whose source archive on PyPI holds its tests.

    Attributes:
        name: the distribution.
        version: which one of it.
        needs: what its tests need besides the package and pytest, as pip requirements.
        extras: extras of the package that its tests need, in brackets.
        roots: folders in the archive that the package is imported from.
        options: for pytest.
        paths: the tests to run; all when empty.
        variables: environment variables that the tests need.
    """

    name: str
    version: str
    needs: tuple[str, ...] = ("pytest-asyncio",)
    extras: str = ""
    roots: tuple[str, ...] = (".", "src")
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


def _awslabs(name: str, version: str, *needs: str, paths: tuple[str, ...] = ()) -> PublishedSuite:
    return PublishedSuite(
        f"awslabs.{name}-mcp-server",
        version,
        needs=("pytest-asyncio", "pytest-mock", *needs),
        options=_NO_COVERAGE,
        paths=paths,
        # Hypothesis then draws the same examples every time, and does not mind a slow machine.
        variables=(("CI", "true"),),
    )


# What the tests of the files that change are called; all of them take many minutes.
_HEALTHOMICS = (
    *("adhoc_s3_buckets", "codeconnections", "content_resolver", "content_resolver_security"),
    *("ecr_tools", "genomics_search_orchestrator", "healthomics_search_engine", "helper_tools"),
    *("helper_tools_resolution", "middleware_context_lifecycle", "package_workflow_output"),
    *("path_traversal", "reference_store_tools", "request_scoped_resolver", "run_analysis"),
    *("run_batch", "run_cache", "run_group", "run_metrics_tools", "run_timeline"),
    *("run_timeline_output", "sequence_store_tools", "troubleshooting", "validation_utils"),
    *("workflow_analysis", "workflow_execution", "workflow_linting", "workflow_management"),
    "workflow_tools",
)

SUITES = (
    PublishedSuite(
        "bandersnatch", "6.8.0", needs=("pytest-asyncio", "freezegun", "boto3", "moto", "s3path")
    ),
    _awslabs("aws-network", "0.0.17"),
    _awslabs("s3-tables", "0.1.1"),
    _awslabs("aws-serverless", "0.2.0"),
    _awslabs("ecs", "0.1.37"),
    _awslabs(
        *("aws-healthomics", "0.1.5", "moto", "hypothesis"),
        paths=tuple(f"tests/test_{name}.py" for name in _HEALTHOMICS),
    ),
    PublishedSuite("jupyter_server", "2.21.1", extras="[test]", needs=("tornado<6.6",)),
    PublishedSuite(
        "openai-agents",
        "0.24.0",
        needs=(
            *("pytest-asyncio", "pytest-mock", "inline-snapshot", "httpx", "aiohttp", "docker"),
            *("sqlalchemy[asyncio]", "aiosqlite", "fastapi", "cryptography", "fakeredis"),
        ),
        # That file patches os.fstat under pytest's hands.
        options=("--ignore=tests/sandbox/test_docker_removal_worker.py",),
        paths=("tests/sandbox", "tests/memory", "tests/mcp"),
    ),
    PublishedSuite(
        "mcp",
        "2.3.0",
        extras="[cli,rich]",
        needs=(
            *("trio", "inline-snapshot", "dirty-equals", "pytest-examples", "pydantic-settings"),
            *("logfire", "pillow", "blockbuster", "opentelemetry-sdk", "pyyaml"),
        ),
        # The examples are packages of their own.
        options=("--ignore=tests/examples", "--ignore=tests/docs"),
    ),
    PublishedSuite(
        "fastmcp",
        "4.1.6",
        extras="[anthropic,apps,openai,tasks]",
        needs=(
            *("dirty-equals", "fastapi", "fastmcp-remote==4.1.6", "opentelemetry-sdk", "psutil"),
            *("inline-snapshot", "pytest-asyncio", "pytest-env", "pytest-retry", "pytest-timeout"),
            *("pytest-xdist", "pytest-examples", "pytest-flakefinder"),
        ),
        roots=("fastmcp_slim", "fastmcp_remote", "fastmcp_tasks", "."),
    ),
    PublishedSuite("asyncssh", "2.24.1", needs=("aiofiles", "bcrypt", "fido2", "pyOpenSSL")),
    PublishedSuite(
        *("starlette", "1.10.0"),
        extras="[full]",
        needs=("trio", "httpx", "httpx2", "opentelemetry-sdk"),
    ),
    PublishedSuite(
        "aiohttp",
        "3.14.5",
        needs=(
            *("pytest-aiohttp", "pytest-mock", "pytest-xdist", "pytest-codspeed", "proxy.py"),
            *("freezegun", "re-assert", "trustme", "pytest-cov", "blockbuster", "isal", "zlib_ng"),
            *("time-machine", "python-on-whales"),
        ),
        variables=(("AIOHTTP_NO_EXTENSIONS", "1"),),
    ),
)
