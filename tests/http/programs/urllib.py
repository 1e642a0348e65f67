"""Requests by `urllib.request.urlopen`, in projects that ask for the async client."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import BLOCK, NATIVE, THREAD, Program


def _reads(strategy: str, **written: str) -> list[Program]:
    return [
        Program(name, f"return urlopen({call}).read().decode()", strategy)
        for name, call in written.items()
    ]


def _opens(strategy: str, **written: str) -> list[Program]:
    return [
        Program(
            name,
            f"with urlopen({call}, timeout=10) as r:\n"
            '    return [r.status, r.code, r.getcode(), r.reason, r.geturl().rpartition("/urllib")[0], r.read().decode()]',
            strategy,
        )
        for name, call in written.items()
    ]


def _handled(name: str, what: str, kind: str, strategy: str = NATIVE) -> Program:
    body = f"""
try:
    return urlopen(f"http://{{host}}/{what}", timeout=0.4).read().decode()
except {kind}:
    return "handled"
"""
    return Program(name, f'host = url.removeprefix("http://")\n{body.strip()}', strategy)


_HOST = 'host = url.removeprefix("http://")\n'
_URL = 'f"http://{host}/json"'
_NATIVE = {
    "text": _URL,
    "plus": '"http://" + host + "/json?a=b%20c&d=%C3%A9&e[]=\'(x)*~"',
    "percent": '"http://%s/json" % host',
    "formatted": '"http://{}/json".format(host)',
    "with_timeout": f"{_URL}, timeout=5",
    "timeout_by_position": f"{_URL}, None, 5",
    "request": f"Request({_URL})",
    "headers": f'Request({_URL}, headers={{"User-agent": "me", "X-test": "Zoe", "accept": "text/html"}})',
    "headers_by_position": f'urllib.request.Request({_URL}, None, {{"X-Test": "a"}}), timeout=5',
    "method": f'Request({_URL}, method="GET", headers={{}})',
    "redirects": 'f"http://{host}/redirect/3"',
    "ten_redirects": 'f"http://{host}/redirect/10"',
    "cookies_are_dropped": 'Request("http://{}/redirect/2".format(host), headers={"X-Test": "a"})',
    "latin": 'f"http://{host}/json#fragment"',
    "context": f"{_URL}, context=CONTEXT",
}
_THREAD = {
    "any_url": "url + '/json'",
    "data_url": '"data:text/plain,abc"',
    "posted": f'{_URL}, data=b"a=1"',
    "posted_request": f'Request({_URL}, b"a=1", {{"X-Test": "a"}})',
    "put": f'Request({_URL}, method="PUT")',
    "authorized": f'Request({_URL}, headers={{"Authorization": "Bearer x"}})',
    "with_cookie": f'Request({_URL}, headers={{"cookie": "a=b"}})',
    "compressed": f'Request({_URL}, headers={{"Accept-encoding": "identity"}})',
    "unseen_headers": f"Request({_URL}, headers=made_headers())",
    "dots": 'f"http://{host}/json/../json"',
    "braces": 'f"http://{host}/json?q={{}}"',
}
_OPENED = {"entered": _URL, "entered_redirect": 'f"http://{host}/redirect/2"'}

_USES = [
    Program("assigned", 'r = urlopen(f"http://{host}/json")\nlines = r.read().decode().split(",")\nreturn [len(lines), r.status, r.url.rpartition("/")[2]]', NATIVE),
    Program("in_a_header", 'if b"items" in urlopen(f"http://{host}/json").read():\n    return "yes"', NATIVE),
    Program("dropped", 'urlopen(f"http://{host}/json", timeout=5)\nreturn "done"', NATIVE),
    Program("in_a_loop", 'found = []\nfor n in range(3):\n    r = urlopen(f"http://{host}/json/{n}")\n    found.append(r.read().decode())\nreturn found', NATIVE),
    Program("held", 'req = Request(f"http://{host}/json", headers={"User-Agent": "me"})\nreq.add_header("X-Test", "a")\nwith urlopen(req, timeout=5) as r:\n    return r.read().decode()', NATIVE),
    Program("held_plain", 'req = Request(f"http://{host}/json", None, method="GET")\nreturn urlopen(req).read().decode()', NATIVE),
    Program("held_again", 'req = urllib.request.Request(f"http://{host}/redirect/2")\nfirst = urlopen(req).read().decode()\nsecond = urlopen(req)\nreturn [first, second.read().decode()]', NATIVE),
    Program("held_and_posted", 'req = Request(f"http://{host}/json", data=b"a=1")\nreturn urlopen(req).read().decode()', THREAD),
    Program("held_and_changed", 'req = Request(f"http://{host}/json")\nreq.method = "PUT"\nreturn urlopen(req).read().decode()', THREAD),
    Program("held_and_authorized", 'req = Request(f"http://{host}/json")\nreq.add_header("Authorization", "x")\nreturn urlopen(req).read().decode()', THREAD),
    Program("truth", 'r = urlopen(f"http://{host}/json")\nif not r:\n    return 1\nreturn r.read().decode() if r else 2', NATIVE),
    Program("entered_in_turn", 'with urlopen(f"http://{host}/json/1") as first:\n    with urlopen(f"http://{host}/json/2") as second:\n        return [first.read().decode(), second.read().decode()]', NATIVE),
    Program("variable_again", 'r = urlopen(f"http://{host}/json")\nr = json.loads(r.read())\nreturn r["items"]', NATIVE),
    Program("read_twice", 'r = urlopen(f"http://{host}/json")\nfirst = r.read()\nreturn [len(first), len(r.read())]', BLOCK),
    Program("read_in_parts", 'r = urlopen(f"http://{host}/json")\nfirst = r.read(4)\nreturn [len(first), len(r.read())]', BLOCK),
    Program("read_again_and_again", 'r = urlopen(f"http://{host}/json")\nparts = []\nfor n in range(2):\n    parts.append(r.read().decode())\nreturn parts', BLOCK),
    Program("header", 'with urlopen(f"http://{host}/json") as r:\n    return [r.headers["ETag"], r.headers["No"], r.read().decode()]', BLOCK),
    Program("lines", 'with urlopen(f"http://{host}/json") as r:\n    return [line.decode() for line in r]', BLOCK),
    Program("loaded", 'with urlopen(f"http://{host}/json") as r:\n    return json.load(r)', NATIVE),
    Program("loaded_at_once", 'return json.load(urlopen(f"http://{host}/json"))', NATIVE),
    Program("loaded_and_more", 'r = urlopen(f"http://{host}/json")\nfound = json.load(r, parse_int=str)\nreturn [found, r.status]', NATIVE),
    Program("loaded_and_read", 'r = urlopen(f"http://{host}/json")\nfound = json.load(r)\nreturn [found, len(r.read())]', BLOCK),
    Program("looked_into", 'try:\n    urlopen(f"http://{host}/status/404")\nexcept HTTPError as error:\n    return [error.code, error.reason, error.read().decode()]', THREAD),
    Program("reason_looked_into", 'try:\n    urlopen("http://127.0.0.1:1/")\nexcept URLError as error:\n    return str(error.reason)', THREAD),
    Program("both_handled", 'try:\n    urlopen(f"http://{host}/status/500")\nexcept HTTPError:\n    return "status"\nexcept URLError:\n    return "other"', NATIVE),
    Program("refused_beside_status", 'try:\n    urlopen("http://127.0.0.1:1/")\nexcept HTTPError:\n    return "status"\nexcept URLError:\n    return "other"', NATIVE),
    Program("left_status", 'urlopen(f"http://{host}/status/404")', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("left_not_modified", 'urlopen(f"http://{host}/status/304")', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("left_refused", 'urlopen("http://127.0.0.1:1/")', NATIVE, ("URLError", "ConnectError")),
    Program("left_timeout", 'urlopen(f"http://{host}/slow", timeout=0.3)', NATIVE, ("TimeoutError", "ReadTimeout")),
    Program("left_redirects", 'urlopen(f"http://{host}/redirect/11")', NATIVE, ("HTTPError", "TooManyRedirects")),
]  # fmt: skip

_ERRORS = [
    _handled("status_handled", "status/404", "HTTPError"),
    _handled("server_error_handled", "status/500", "urllib.error.HTTPError"),
    _handled("status_by_base", "status/404", "URLError"),
    _handled("redirects_handled", "redirect/11", "HTTPError"),
    _handled("anything", "closed", "Exception"),
    _handled("not_modified", "status/304", "HTTPError"),
    _handled("no_content", "status/204", "HTTPError"),
    _handled("os_error", "closed", "OSError", THREAD),
    _handled("timeout", "slow", "(URLError, TimeoutError)", THREAD),
]

URLLIB: tuple[Program, ...] = tuple(
    each if each.body.startswith(_HOST) else Program(each.name, _HOST + each.body, each.strategy, each.error)
    for each in (
        *_reads(NATIVE, **_NATIVE), *_reads(THREAD, **_THREAD), *_opens(NATIVE, **_OPENED), *_USES, *_ERRORS,
    )
)  # fmt: skip

URLLIB_SOURCE = "\n\n".join(
    (
        """
import json
import ssl
import urllib.error
import urllib.request
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

CONTEXT = ssl.create_default_context()


def made_headers():
    return {"X-Test": "a"}
""".lstrip(),
        *(program.source for program in URLLIB),
    )
)
"""A module that holds all of them."""
