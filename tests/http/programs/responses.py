"""What is done with a response."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import BLOCK, NATIVE, THREAD, Program

RESPONSES = [
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
