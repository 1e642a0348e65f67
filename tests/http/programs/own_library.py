"""Requests by the functions of a library that has an async client of its own."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program


def _calls(strategy: str, **written: str) -> list[Program]:
    return [
        Program(
            name,
            f"r = LIBRARY.{call}\nreturn [r.status_code, r.text, str(r.url).removeprefix(url), sorted(r.headers), len(r.history)]",
            strategy,
        )
        for name, call in written.items()
    ]


_NATIVE = {
    **{
        verb: f'{verb}(f"{{url}}/json")'
        for verb in ("get", "post", "put", "patch", "delete", "options", "head")
    },
    "request_lower": 'request("get", f"{url}/json")',
    "request_keywords": 'request(method="DELETE", url=f"{url}/json", json={"id": 3})',
    "redirect_is_left": 'get(f"{url}/redirect/3")',
    "redirect_followed": 'get(f"{url}/redirect/3", follow_redirects=True)',
    "params_odd": 'get(f"{url}/json?a=1", params={"n": None, "t": True, "l": [1, None], "b": "x y"})',
    "params_text": 'get(f"{url}/json", params="a=1&b=2 3")',
    "params_pairs": 'get(f"{url}/json", params=[("a", 1), ("b", 2), ("a", 3)])',
    "params_unseen": 'get(f"{url}/json", params=parameters())',
    "url_object": 'get(LIBRARY.URL(f"{url}/json", params={"a": "é"}))',
    "form": 'post(f"{url}/json", data={"a": None, "b": [True, 1.5], "c": "é &="})',
    "form_changed": 'post(f"{url}/json", data=fields())',
    "text": 'post(f"{url}/json", content="zoë")',
    "bytes_encoded": 'put(f"{url}/json", content=json.dumps({"a": 1}).encode())',
    "json_value": 'post(f"{url}/json", json={"a": None, "b": [True, 1.5], "c": "é"})',
    "files": 'post(f"{url}/json", files={"f": ("a.txt", b"abc", "text/csv")}, headers={"Content-Type": "multipart/form-data; boundary=b"})',
    "file_in_memory": 'post(f"{url}/json", files={"f": io.BytesIO(b"abc")}, headers={"Content-Type": "multipart/form-data; boundary=b"})',
    "headers": 'get(f"{url}/json", headers=[("X-Test", "a"), ("User-Agent", "me")])',
    "auth": 'get(f"{url}/json", auth=("user", "pä:ss"))',
    "auth_object": 'get(f"{url}/json", auth=LIBRARY.BasicAuth("user", "pass"))',
    "auth_flow": 'get(f"{url}/json", auth=Signed())',
    "cookies": 'get(f"{url}/redirect/2", cookies={"session": "s"}, follow_redirects=True)',
    "cookies_made": 'get(f"{url}/json", cookies=dict(session="s"))',
    "no_cookies": 'get(f"{url}/json", cookies=None)',
    "no_proxy": 'get(f"{url}/json", proxy=None, verify=True)',
    "unverified": 'get(f"{url}/json", verify=False)',
    "own_context": 'get(f"{url}/json", verify=CONTEXT)',
    "without_environment": 'get(f"{url}/json", trust_env=False)',
    "timeouts": 'get(f"{url}/json", timeout=LIBRARY.Timeout(3, connect=1))',
    "no_timeout": 'get(f"{url}/json", timeout=None)',
}
_THREAD = {
    "auth_for_sync": 'get(f"{url}/json", auth=SyncSigned())',
    "auth_unseen": 'get(f"{url}/json", auth=credentials())',
    "chunks": 'post(f"{url}/json", content=(part for part in (b"a", b"b")))',
    "file": 'post(f"{url}/json", content=io.BytesIO(b"abc"))',
    "certificates": 'get(f"{url}/json", verify=str(PATH))',
}

_USES = [
    Program("escapes", 'return text_of(LIBRARY.get(f"{url}/json"))', NATIVE, around='def text_of(r):\n    return [r.text, r.read(), list(r.iter_bytes(4)), list(r.iter_lines()), r.is_closed, r.encoding]'),
    Program("proxy", 'server, _, path = url.removeprefix("http://").partition("/")\nreturn LIBRARY.get(f"http://example.test/{path}/json", proxy=f"http://{server}").json()', NATIVE),
    Program("in_a_row", 'a = LIBRARY.get(f"{url}/json")\nb = LIBRARY.get(f"{url}/redirect/1", follow_redirects=True)\nc = LIBRARY.post(f"{url}/json", json=[1], timeout=5)\nreturn [a.text, b.text, c.text, dict(a.cookies), len(b.history)]', NATIVE),
    Program("in_a_row_with_cookies", 'a = LIBRARY.get(f"{url}/json", cookies={"a": "b"})\nb = LIBRARY.get(f"{url}/json")\nc = LIBRARY.get(f"{url}/json", verify=False)\nreturn [a.text, b.text, c.text]', NATIVE),
    Program("in_a_loop", 'found = []\nfor n in range(3):\n    found.append(LIBRARY.get(f"{url}/json/{n}").json())\nreturn found', NATIVE),
    Program("in_a_comprehension", 'return [LIBRARY.get(f"{url}/json/{n}").json() for n in range(3)]', NATIVE),
    Program("two_in_a_statement", 'return [LIBRARY.get(f"{url}/json").text, LIBRARY.put(f"{url}/json", json=[1], timeout=5).text]', NATIVE),
    Program("asked_until", 'n = 0\nwhile LIBRARY.get(f"{url}/json/{n}").json()["rest"] != ["2"]:\n    n += 1\nreturn n', NATIVE),
    Program("left_in_a_row", 'return [LIBRARY.get(f"{each}/slow", timeout=0.3) for each in (url,)]', NATIVE, ("ReadTimeout", "ReadTimeout")),
    Program("closed_by_hand", 'r = LIBRARY.get(f"{url}/json")\nr.close()\nreturn r.json()', NATIVE),
    Program("closed_by_contextlib", 'r = LIBRARY.get(f"{url}/json")\nwith contextlib.closing(r) as same:\n    return same.json()', THREAD),
    Program("closed_elsewhere", 'r = LIBRARY.get(f"{url}/json")\nwith contextlib.ExitStack() as stack:\n    stack.callback(r.close)\n    return r.json()', THREAD),
    Program("header", 'if LIBRARY.get(f"{url}/status/404").is_error:\n    return LIBRARY.get(f"{url}/status/500").status_code', NATIVE),
    Program("status_raised", 'try:\n    return LIBRARY.get(f"{url}/status/404").raise_for_status().text\nexcept LIBRARY.HTTPStatusError as error:\n    return [str(error).replace(url, ""), error.response.status_code]', NATIVE),
    Program("redirect_raises", 'try:\n    LIBRARY.get(f"{url}/redirect/1").raise_for_status()\nexcept LIBRARY.HTTPStatusError as error:\n    return str(error).partition("\\n")[0].replace(url, "")', NATIVE),
    Program("timeout_handled", 'try:\n    LIBRARY.get(f"{url}/slow", timeout=0.3)\nexcept LIBRARY.TimeoutException as error:\n    return [type(error).__name__, str(error.request.url).removeprefix(url)]', NATIVE),
    Program("closed_handled", 'try:\n    LIBRARY.get(f"{url}/closed")\nexcept (LIBRARY.HTTPError, OSError) as error:\n    return [type(error).__name__, str(error).replace(url, "")]', NATIVE),
    Program("refused_handled", 'try:\n    LIBRARY.get("http://127.0.0.1:1")\nexcept LIBRARY.ConnectError as error:\n    return isinstance(error, LIBRARY.TransportError)', NATIVE),
    Program("too_many", 'try:\n    LIBRARY.get(f"{url}/redirect/40", follow_redirects=True)\nexcept LIBRARY.TooManyRedirects as error:\n    return str(error).replace(url, "")', NATIVE),
    Program("left_scheme", 'LIBRARY.get("ftp://example.test")', NATIVE, ("UnsupportedProtocol", "UnsupportedProtocol")),
    Program("left_url", 'LIBRARY.get("http://exa mple.test:x")', NATIVE, ("InvalidURL", "InvalidURL")),
    Program("left_json", 'return LIBRARY.get(f"{url}/invalid").json()', NATIVE, ("JSONDecodeError", "JSONDecodeError")),
    Program("left_type", 'LIBRARY.get(f"{url}/json", headers={"X-Test": None})', NATIVE, ("TypeError", "TypeError")),
]  # fmt: skip

OWN_LIBRARY: tuple[Program, ...] = (*_calls(NATIVE, **_NATIVE), *_calls(THREAD, **_THREAD), *_USES)

_AROUND = """
import contextlib
import io
import json
import ssl

import certifi
import LIBRARY

CONTEXT = ssl.create_default_context()
PATH = certifi.where()


class Signed(LIBRARY.Auth):
    def auth_flow(self, request):
        request.headers["X-Test"] = "signed"
        yield request


class SyncSigned(LIBRARY.Auth):
    def sync_auth_flow(self, request):
        request.headers["X-Test"] = "signed"
        yield request


def parameters():
    return ("a", "b"),


def credentials():
    return "user", "pass"


def fields() -> dict:
    return {"a": [1, 2]}
"""


def own_library_source(library: str) -> str:
    """A module that holds all of the programs.

    Args:
        library: the library that they use.
    """
    parts = (_AROUND.lstrip(), *(program.source for program in OWN_LIBRARY))
    return "\n\n".join(parts).replace("LIBRARY", library)
