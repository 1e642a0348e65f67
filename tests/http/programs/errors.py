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
    handled("os_error", "closed", "OSError"),
    handled("io_error", "slow", "IOError"),
    handled("os_error_status", "status/404", "EnvironmentError"),
    handled("os_error_decoding", "invalid", "OSError"),
    handled("value_error", "invalid", "ValueError"),
    handled("value_error_first", "closed", "ValueError:\n    return 'value'\nexcept requests.RequestException"),
    handled("named_tuple", "slow", "RETRYABLE"),
    handled("named_tuple_2", "closed", "RETRYABLE"),
    handled("connect_is_no_timeout", "slow", "requests.ConnectionError:\n    return 'connection'\nexcept requests.Timeout"),
    handled("tls_within", "closed", "(requests.exceptions.SSLError, requests.ConnectionError)"),
    handled("tls_after", "closed", "requests.ConnectionError:\n    return 'connection'\nexcept requests.exceptions.SSLError"),
    handled("tls_before", "closed", "requests.exceptions.SSLError:\n    return 'tls'\nexcept requests.ConnectionError", strategy=THREAD),
    handled("other_tuple", "status/500", "(KeyError, HTTPError)"),
    *(
        Program(f"{name}_{what.replace('/', '_')}", f"""
try:
    response = requests.get(f"{{url}}/{what}", timeout=0.4)
    response.raise_for_status()
    return response.json()
except requests.RequestException as error:
    return {value}
""", strategy)
        for what in ("status/503", "closed", "invalid", "slow")
        for name, value, strategy in (
            ("response_there", "error.response is not None", NATIVE),
            ("response_status", "error.response.status_code if error.response is not None else None", NATIVE),
            ("response_true", "[1 if error.response else 2, not error.response, bool(error.response)]", NATIVE),
            ("response_text", 'error.response.text[:3] if getattr(error, "response", None) is not None else "none"', NATIVE),
            ("response_got", '[1 if getattr(error, "response", None) else 2, getattr(error, "response", None) is None]', NATIVE),
            ("response_has", 'hasattr(error, "response") and error.response is not None and error.response.ok', NATIVE),
            ("response_text_of_error", 'isinstance(str(error), str)', NATIVE),
            ("response_searched", '"404" in str(error)', THREAD),
            ("response_class", 'type(error).__name__ == "ConnectionError"', THREAD),
            ("response_class_named", '[type(error).__name__ != "", str(type(error)) != ""]', THREAD),
            ("response_args", "len(error.args) > 0", THREAD),
            ("response_errno", 'error.errno', THREAD),
            ("response_kind", '[isinstance(error, requests.ConnectionError), isinstance(error, (requests.Timeout, KeyError)), isinstance(error, HTTPError)]', NATIVE),
        )
    ),
    Program("http_error_members", """
try:
    response = requests.get(f"{url}/status/418")
    response.raise_for_status()
except requests.HTTPError as error:
    found = error.response
    return [error.response.reason, error.response.ok, error.response.text, error.response.url[-4:], error.response.headers["content-type"]]
""", THREAD),
    Program("http_error_reads", """
try:
    response = requests.get(f"{url}/status/418")
    response.raise_for_status()
except requests.HTTPError as error:
    return [error.response.reason, error.response.ok, error.response.text, error.response.url[-4:], error.response.headers["content-type"]]
""", NATIVE),
    Program("raised_inside", """
try:
    response = requests.get(f"{url}/json")
    if response.json()["ok"]:
        raise requests.HTTPError("no")
except requests.HTTPError:
    return "handled"
""", NATIVE),
    Program("raised_class", """
try:
    response = requests.get(f"{url}/json")
    if response.ok:
        raise requests.Timeout
except (requests.Timeout, KeyError):
    return "handled"
""", NATIVE),
    Program("raised_outside", 'if not url:\n    raise requests.Timeout("url")\nreturn requests.get(f"{url}/json").json()', NATIVE),
    Program("suppressed", 'with contextlib.suppress(requests.Timeout, KeyError):\n    return requests.get(f"{url}/slow", timeout=0.3).json()\nreturn "suppressed"', NATIVE),
    Program("suppressed_base", 'with suppress(OSError):\n    return requests.get(f"{url}/closed").json()\nreturn "suppressed"', NATIVE),
    Program("catches_all_first", 'try:\n    return requests.get(f"{url}/closed").json()\nexcept Exception:\n    return "all"\nexcept OSError:\n    return "never"', NATIVE),
    Program("not_a_url", 'try:\n    return requests.get("http://").json()\nexcept ValueError:\n    return "value"', NATIVE),
    Program("no_schema_value", 'try:\n    return requests.get(url[4:]).json()\nexcept ValueError:\n    return "value"', NATIVE),
    Program("refused", f'try:\n    requests.get("{_NOWHERE}")\nexcept requests.ConnectionError:\n    return "refused"', NATIVE),
    Program("missing_schema", 'try:\n    requests.get("example.org")\nexcept requests.exceptions.MissingSchema:\n    return "schema"', NATIVE),
    Program("invalid_url", 'try:\n    requests.get("http://")\nexcept requests.exceptions.InvalidURL:\n    return "invalid"', NATIVE),
    Program("left_refused", f'return requests.get("{_NOWHERE}").json()', NATIVE, ("ConnectionError", "ConnectError")),
    Program("left_timeout", 'return requests.get(f"{url}/slow", timeout=0.3).json()', NATIVE, ("ReadTimeout", "ReadTimeout")),
    Program("left_status", 'r = requests.get(f"{url}/status/404")\nr.raise_for_status()', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("left_json", 'return requests.get(f"{url}/invalid").json()', NATIVE, ("JSONDecodeError", "JSONDecodeError")),
]  # fmt: skip
