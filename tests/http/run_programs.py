"""Run every program of a module against a server and print what each gave. A script, not a test."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import sys


def _run(program: object, url: str) -> dict[str, object]:
    try:
        value = asyncio.run(program(url))  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - the class is the result
        return {"error": type(error).__name__}
    return {
        "value": value if isinstance(value, str) else json.loads(json.dumps(value, default=str))
    }


def main(path: str, url: str) -> None:
    spec = importlib.util.spec_from_file_location("programs", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    results = {
        name: _run(function, f"{url}/{name}")
        for name, function in list(vars(module).items())
        if inspect.iscoroutinefunction(function) and not name.startswith("_")
    }
    print(json.dumps(results))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
