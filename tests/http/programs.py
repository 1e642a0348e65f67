"""Programs that make requests, each with the strategy that has to be chosen for it."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from dataclasses import dataclass

NATIVE, THREAD, BLOCK = "native", "thread", "block"


@dataclass(frozen=True)
class Program:
    """A coroutine with one parameter, `url`.

    Attributes:
        name: of the function.
        body: its lines.
        strategy: how its requests are made after the rewrite.
        error: the exception that leaves it after the rewrite, by the one that left it before.
    """

    name: str
    body: str
    strategy: str
    error: tuple[str, str] | None = None

    @property
    def source(self) -> str:
        lines = "\n".join(f"    {line}" for line in self.body.strip("\n").splitlines())
        return f"async def {self.name}(url: str):\n{lines}\n"


def _calls(strategy: str, **calls: str) -> list[Program]:
    return [
        Program(name, f"return requests.{call}.status_code", strategy)
        for name, call in calls.items()
    ]


def _handled(name: str, what: str, kind: str, *, strategy: str = NATIVE) -> Program:
    body = f"""
try:
    response = requests.get(f"{{url}}/{what}", timeout=0.4)
    response.raise_for_status()
    return response.json()
except {kind}:
    return "handled"
"""
    return Program(name, body, strategy)


_VERBS = {
    **{
        verb: f'{verb}(f"{{url}}/json")'
        for verb in ("get", "post", "put", "patch", "delete", "options")
    },
    "head": 'head(f"{url}/json")',
    "head_redirect": 'head(f"{url}/redirect/1")',
    "head_followed": 'head(f"{url}/redirect/1", allow_redirects=True)',
    "request_lower": 'request("get", f"{url}/json")',
    "request_keywords": 'request(method="PUT", url=f"{url}/json", json=[1])',
    "request_head": 'request("HEAD", f"{url}/redirect/1")',
    "api_get": 'api.get(f"{url}/json")',
    "delete_json": 'delete(f"{url}/json", json={"id": 3})',
    "get_body": 'get(f"{url}/json", data="body")',
    "redirects": 'get(f"{url}/redirect/3")',
    "many_redirects": 'get(f"{url}/redirect/25")',
    "not_followed": 'get(f"{url}/redirect/3", allow_redirects=False)',
    "post_redirect": 'post(f"{url}/redirect/1", json={})',
}
_PARAMS = {
    "params_plain": 'get(f"{url}/json", params={"a": 1, "b": "x y", "c": 1.5, "d": -2, "e": ""})',
    "params_list": 'get(f"{url}/json", params={"tags": ["a", "b"], "pair": ("c", "d")})',
    "params_pairs": 'get(f"{url}/json", params=[("b", 1), ("a", 2)])',
    "params_special": 'get(f"{url}/json", params={"q": "é&=?/ü+%", "ключ": "значение"})',
    "params_none": 'get(f"{url}/json", params=None)',
    "params_empty": 'get(f"{url}/json", params={})',
    "params_positional": 'get(f"{url}/json", {"page": 2})',
    "params_unseen_url": 'get(str(url) + "/json", params={"page": 2})',
    "params_parameter_url": 'get(url, params={"page": 2})',
    "path_quoting": 'get(f"{url}/json/a b/é//;x=1")',
    "query_in_url": 'get(f"{url}/json?a=1&b=2")',
}
_PARAMS_IN_THREAD = {
    "params_with_query": 'get(f"{url}/json?a=1", params={"b": 2})',
    "params_none_value": 'get(f"{url}/json", params={"a": None, "b": 1})',
    "params_bool": 'get(f"{url}/json", params={"a": True})',
    "params_bytes": 'get(f"{url}/json", params={"a": b"x"})',
    "params_empty_list": 'get(f"{url}/json", params={"a": [], "b": 1})',
    "params_repeated": 'get(f"{url}/json", params=[("a", 1), ("b", 2), ("a", 3)])',
    "params_text": 'get(f"{url}/json", params="a=1&b=2 3")',
    "bytes_url": 'get(f"{url}/json".encode())',
}
_BODIES = {
    "form": 'post(f"{url}/json", data={"a": "1", "b": 2, "c": ["x", "y"], "d": "é &="})',
    "form_positional": 'post(f"{url}/json", {"a": "1"})',
    "form_empty": 'post(f"{url}/json", data={})',
    "text": 'post(f"{url}/json", data="zoë")',
    "bytes": 'put(f"{url}/json", b"\\x00\\xff")',
    "json_value": 'post(f"{url}/json", json={"a": None, "b": [True, 1.5], "c": "é"})',
    "json_positional": 'post(f"{url}/json", None, {"a": 1})',
    "json_falsy": 'post(f"{url}/json", json=[])',
    "json_none": 'post(f"{url}/json", json=None)',
    "data_and_json": 'post(f"{url}/json", data={"a": "1"}, json={"b": 2})',
    "dumped": 'post(f"{url}/json", data=json.dumps({"a": 1}))',
}
_BODIES_IN_THREAD = {
    "form_pairs": 'post(f"{url}/json", data=[("a", 1), ("a", 2)])',
    "form_none": 'post(f"{url}/json", data={"a": None})',
    "form_bool": 'post(f"{url}/json", data={"a": True})',
    "form_unseen": 'post(f"{url}/json", data={"a": url.split("/")[-1]})',
    "form_file": 'post(f"{url}/json", data=io.BytesIO(b"abc"))',
}
_ARGUMENTS = {
    "headers": 'get(f"{url}/json", headers={"X-Test": f"{1} a"})',
    "headers_content_type": 'post(f"{url}/json", data="x", headers={"Content-Type": "text/csv"})',
    "auth": 'get(f"{url}/json", auth=("user", "pass:word"))',
    "auth_object": 'get(f"{url}/json", auth=HTTPBasicAuth("user", "pass"))',
    "cookies": 'get(f"{url}/json", cookies={"session": "s", "other": "o"})',
    "cookies_redirect": 'get(f"{url}/redirect/2", cookies={"session": "s"})',
    "timeout_pair": 'get(f"{url}/json", timeout=(3, 5))',
    "no_timeout": 'get(f"{url}/json", timeout=None)',
}
_ARGUMENTS_IN_THREAD = {
    "header_none": 'get(f"{url}/json", headers={"X-Test": None})',
    "header_latin": 'get(f"{url}/json", headers={"X-Test": "Zo\\xeb"})',
    "auth_latin": 'get(f"{url}/json", auth=("user", "p\\xe4ss"))',
    "verify": 'get(f"{url}/json", verify=True)',
}

_RESPONSES = [
    Program(f"members_{status}", f"""
response = requests.get(f"{{url}}/status/{status}")
first = [response.ok, not response.ok, bool(response), response.reason, response.status_code]
if response:
    first.append("true")
return [first, response.ok == True, 1 if response else 2, response.is_redirect, response.content == b""]
""", NATIVE)
    for status in (200, 204, 304, 404, 500)
] + [
    Program(f"raise_{status}", f"""
response = requests.get(f"{{url}}/status/{status}")
try:
    response.raise_for_status()
except requests.HTTPError as error:
    return ["raised", error.response.status_code]
return "fine"
""", NATIVE)
    for status in (200, 304, 400, 503)
] + [
    Program("url", 'return requests.get(f"{url}/redirect/2").url.split("/")[-2:]', NATIVE),
    Program("etag", 'r = requests.get(f"{url}/json")\nreturn [r.headers["ETAG"], r.headers.get("x"), "etag" in r.headers, r.cookies["c"]]', NATIVE),
    Program("header_if", 'if requests.get(f"{url}/status/404"):\n    return 1\nfor item in requests.get(f"{url}/json").json():\n    return item', NATIVE),
    Program("walrus", 'if (r := requests.get(f"{url}/json")).ok:\n    return r.json()', NATIVE),
    Program("maybe_none", 'r = None\nif url:\n    r = requests.get(f"{url}/status/404")\nreturn "none" if not r else r.json()', NATIVE),
    Program("fresh_cookies", 'a = requests.get(f"{url}/json").json()\nb = requests.get(f"{url}/json").json()\nreturn [a, b]', NATIVE),
    Program("reused", 'r = requests.get(f"{url}/status/404")\nif not r:\n    r = requests.get(f"{url}/json")\nreturn r.ok', NATIVE),
    Program("pages", 'return [requests.get(f"{url}/json/{n}").json()["rest"] for n in range(3)]', THREAD),
    Program("text_latin", 'return requests.get(f"{url}/latin").text', THREAD),
    Program("chunks", 'return [len(c) for c in requests.get(f"{url}/json").iter_content(10)]', THREAD),
    Program("session", 'with requests.Session() as s:\n    s.get(f"{url}/json")\n    return s.get(f"{url}/json").json()', BLOCK),
    Program("escaped", 'return str(requests.get(f"{url}/json"))', THREAD),
]  # fmt: skip

_NOWHERE = "http://127.0.0.1:1"
_ERRORS = [
    _handled("timeout_handled", "slow", "requests.Timeout"),
    _handled("read_timeout_handled", "slow", "requests.exceptions.ReadTimeout"),
    _handled("timeout_by_base", "slow", "requests.RequestException"),
    _handled("closed_handled", "closed", "requests.ConnectionError"),
    _handled("closed_by_base", "closed", "(requests.RequestException, ValueError)"),
    _handled("status_handled", "status/500", "requests.HTTPError"),
    _handled("status_by_base", "status/404", "requests.exceptions.RequestException"),
    _handled("loop_handled", "redirect/40", "requests.TooManyRedirects"),
    _handled("invalid_by_base", "invalid", "requests.RequestException"),
    _handled("invalid_by_name", "invalid", "requests.JSONDecodeError"),
    _handled("os_error", "closed", "OSError", strategy=THREAD),
    _handled("value_error", "invalid", "ValueError", strategy=THREAD),
    Program("refused", f'try:\n    requests.get("{_NOWHERE}")\nexcept requests.ConnectionError:\n    return "refused"', NATIVE),
    Program("missing_schema", 'try:\n    requests.get("example.org")\nexcept requests.exceptions.MissingSchema:\n    return "schema"', NATIVE),
    Program("invalid_url", 'try:\n    requests.get("http://")\nexcept requests.exceptions.InvalidURL:\n    return "invalid"', NATIVE),
    Program("left_refused", f'return requests.get("{_NOWHERE}").json()', NATIVE, ("ConnectionError", "ConnectError")),
    Program("left_timeout", 'return requests.get(f"{url}/slow", timeout=0.3).json()', NATIVE, ("ReadTimeout", "ReadTimeout")),
    Program("left_status", 'r = requests.get(f"{url}/status/404")\nr.raise_for_status()', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("left_json", 'return requests.get(f"{url}/invalid").json()', NATIVE, ("JSONDecodeError", "JSONDecodeError")),
]  # fmt: skip

# Requests of one coroutine, one after the other: cookies and connections are those of each alone.
_IN_A_ROW = [
    Program("row_cookies", 'a = requests.get(f"{url}/redirect/2")\nb = requests.get(f"{url}/json")\nreturn [a.cookies.get("c"), b.cookies.get("c"), a.url.split("/")[-1]]', NATIVE),
    Program("row_given_cookies", 'a = requests.get(f"{url}/json", cookies={"s": "1"})\nb = requests.get(f"{url}/json")\nreturn a.ok and b.ok', NATIVE),
    Program("row_redirects", 'a = requests.get(f"{url}/redirect/1")\nb = requests.head(f"{url}/redirect/1")\nc = requests.get(f"{url}/redirect/1", allow_redirects=False)\nd = requests.head(f"{url}/redirect/1", allow_redirects=True)\nreturn [a.status_code, b.status_code, c.status_code, d.status_code]', NATIVE),
    Program("row_heads_first", 'a = requests.head(f"{url}/redirect/1").status_code\nb = requests.get(f"{url}/redirect/1").status_code\nreturn [a, b]', NATIVE),
    Program("row_branches", 'a = requests.get(f"{url}/status/404")\nif not a:\n    b = requests.get(f"{url}/json/b")\nelse:\n    b = requests.get(f"{url}/json/c")\nfor n in range(2):\n    c = requests.post(f"{url}/json/{n}", json=[n])\nreturn [a.status_code, b.json(), c.json()]', NATIVE),
    Program("row_header", 'if requests.get(f"{url}/json").ok:\n    for item in requests.get(f"{url}/json").json():\n        return [item, requests.get(f"{url}/status/204").status_code]', NATIVE),
    Program("row_error_between", 'a = requests.get(f"{url}/json")\ntry:\n    b = requests.get(f"{url}/closed").status_code\nexcept requests.ConnectionError:\n    b = "closed"\nc = requests.get(f"{url}/json")\nreturn [a.ok, b, c.ok]', NATIVE),
    Program("row_raise", 'a = requests.get(f"{url}/json")\na.raise_for_status()\nb = requests.get(f"{url}/status/500")\nb.raise_for_status()\nc = requests.get(f"{url}/json")\nreturn c.json()', NATIVE, ("HTTPError", "HTTPStatusError")),
    # The server says nothing of it that it closes the connection behind its answer.
    Program("row_closing", 'a = requests.get(f"{url}/closing")\nb = requests.get(f"{url}/closing")\nc = requests.get(f"{url}/closing")\nreturn [a.json(), b.json(), c.json()]', NATIVE),
]  # fmt: skip

PROGRAMS: tuple[Program, ...] = (
    *_calls(NATIVE, **_VERBS, **_PARAMS, **_BODIES, **_ARGUMENTS),
    *_calls(THREAD, **_PARAMS_IN_THREAD, **_BODIES_IN_THREAD, **_ARGUMENTS_IN_THREAD),
    *_RESPONSES,
    *_ERRORS,
    *_IN_A_ROW,
)

SOURCE = "\n\n".join(
    (
        "import io\nimport json\n\nimport requests\nfrom requests.auth import HTTPBasicAuth\n",
        *(program.source for program in PROGRAMS),
    )
)
