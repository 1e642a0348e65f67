"""What is raised, and who handles it."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program, handled

_NOWHERE = "http://127.0.0.1:1"
ERRORS = [
    handled("timeout_handled", "slow", "requests.Timeout"),
    handled("read_timeout_handled", "slow", "requests.exceptions.ReadTimeout"),
    handled("timeout_by_base", "slow", "requests.RequestException"),
    handled("closed_handled", "closed", "requests.ConnectionError"),
    handled("closed_by_base", "closed", "(requests.RequestException, ValueError)"),
    handled("status_handled", "status/500", "requests.HTTPError"),
    handled("status_by_base", "status/404", "requests.exceptions.RequestException"),
    handled("loop_handled", "redirect/40", "requests.TooManyRedirects"),
    handled("invalid_by_base", "invalid", "requests.RequestException"),
    handled("invalid_by_name", "invalid", "requests.JSONDecodeError"),
    handled("os_error", "closed", "OSError", strategy=THREAD),
    handled("value_error", "invalid", "ValueError", strategy=THREAD),
    Program("refused", f'try:\n    requests.get("{_NOWHERE}")\nexcept requests.ConnectionError:\n    return "refused"', NATIVE),
    Program("missing_schema", 'try:\n    requests.get("example.org")\nexcept requests.exceptions.MissingSchema:\n    return "schema"', NATIVE),
    Program("invalid_url", 'try:\n    requests.get("http://")\nexcept requests.exceptions.InvalidURL:\n    return "invalid"', NATIVE),
    Program("left_refused", f'return requests.get("{_NOWHERE}").json()', NATIVE, ("ConnectionError", "ConnectError")),
    Program("left_timeout", 'return requests.get(f"{url}/slow", timeout=0.3).json()', NATIVE, ("ReadTimeout", "ReadTimeout")),
    Program("left_status", 'r = requests.get(f"{url}/status/404")\nr.raise_for_status()', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("left_json", 'return requests.get(f"{url}/invalid").json()', NATIVE, ("JSONDecodeError", "JSONDecodeError")),
]  # fmt: skip
