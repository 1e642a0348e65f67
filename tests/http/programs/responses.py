"""What is done with a response."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program
from tests.http.recording_server import TYPED

_TEXTS = [
    Program(f"text_{kind}", f'return requests.get(f"{{url}}/typed/{kind}").text', NATIVE) for kind in TYPED
] + [
    Program("text_of_variable", 'r = requests.get(f"{url}/typed/html")\nreturn [r.text, len(r.text), f"{r.text[:4]}"]', NATIVE),
    Program("text_in_call", 'return json.loads(requests.get(f"{url}/json").text)', NATIVE),
    Program("text_in_header", 'if requests.get(f"{url}/typed/html").text.startswith("<p>"):\n    return 1', NATIVE),
    Program("text_of_walrus", 'if (r := requests.get(f"{url}/typed/html")).text:\n    return r.status_code', NATIVE),
    Program("text_of_walrus_alone", 'x = (r := requests.get(f"{url}/typed/html")).text\nreturn [x, r.ok]', NATIVE),
    Program("text_in_parentheses", 'return (requests.get(f"{url}/typed/html")).text', NATIVE),
]  # fmt: skip

_VARIABLES = [
    Program("read_into_itself", 'r = requests.get(f"{url}/json/a")\nr = r.json()\nreturn r["rest"]', NATIVE),
    Program("read_in_a_branch", 'r = requests.get(f"{url}/json/a")\nif r.ok:\n    r = r.json()\n    return r["rest"]\nreturn r.status_code', NATIVE),
    Program("read_in_turns", 'found = []\nfor n in range(3):\n    r = requests.get(f"{url}/json/{n}")\n    if not r.ok:\n        continue\n    r = r.json()\n    found.append(r["rest"])\nreturn found', NATIVE),
    Program("read_while", 'r, n = None, 0\nwhile r is None or r.status_code == 500:\n    n += 1\n    r = requests.get(f"{url}/status/{500 if n < 3 else 200}")\nr = r.content\nreturn [n, len(r)]', THREAD),
    Program("read_until", 'r = None\nn = 0\nwhile r is None or r.status_code == 500:\n    n += 1\n    r = requests.get(f"{url}/status/{500 if n < 3 else 200}")\nr = r.content\nreturn [n, len(r)]', NATIVE),
    Program("read_over_items", 'r = requests.get(f"{url}/json")\nfor r in r.json()["items"]:\n    if r == 2:\n        return r', NATIVE),
    Program("read_or_not", 'r = requests.get(f"{url}/json")\nif len(url) > 3:\n    r = r.json()\nreturn str(r)[:7]', THREAD),
    Program("read_on_failure", 'try:\n    r = requests.get(f"{url}/invalid")\n    r = r.json()\nexcept Exception:\n    return r.status_code', THREAD),
    Program("other_of_that_name", 'r = requests.get(f"{url}/json")\nreturn [r.ok, [r for r in "ab"], (lambda r: r + 1)(2)]', NATIVE),
    Program("listed", 'return [n * 2 for n in requests.get(f"{url}/json").json()["items"] if n > 1]', NATIVE),
    Program("summed", 'return sum(n for n in requests.get(f"{url}/json").json()["items"])', NATIVE),
    Program("behind_a_constant", 'if "Zo" in requests.get(f"{url}/typed/html").text and url:\n    return 1', NATIVE),
    Program("given_on", 'if len(requests.get(f"{url}/json").json()) > 1:\n    return json.loads(requests.get(f"{url}/json").text)["items"]', NATIVE),
]  # fmt: skip

_RAISING = [
    Program(f"{name}_{status}", body.replace("STATUS", str(status)), NATIVE)
    for status in (200, 304, 404, 503)
    for name, body in {
        "raise_at_once": 'try:\n    requests.get(f"{url}/status/STATUS").raise_for_status()\nexcept requests.HTTPError as error:\n    return error.response.status_code\nreturn "fine"',
        "raise_in_expression": 'r = requests.get(f"{url}/status/STATUS")\ntry:\n    return [r.raise_for_status(), r.status_code]\nexcept requests.HTTPError:\n    return "raised"',
        "code": 'r = requests.get(f"{url}/status/STATUS")\nreturn [r.status_code == requests.codes.ok, requests.codes.NOT_FOUND != r.status_code, r.status_code in (requests.codes.not_modified, codes.server_error, 503)]',
    }.items()
]  # fmt: skip

_WHOLE = [
    Program("all_headers", 'r = requests.get(f"{url}/json")\nkept = {k: v for k, v in r.headers.items() if k not in ("Date", "Server")}\nreturn [kept, "etag" in dict(r.headers), "ETag" in dict(r.headers), len(r.headers), sorted(r.headers)[0], {**r.headers}["Content-Type"], r.headers["etag"]]', NATIVE),
    Program("repeated_headers", 'return [v for k, v in requests.get(f"{url}/repeated").headers.items() if k == "X-Many"]', NATIVE),
    Program("all_cookies", 'r = requests.get(f"{url}/json")\nreturn [r.cookies.get_dict(), dict(r.cookies), requests.utils.dict_from_cookiejar(r.cookies), len(r.cookies), r.cookies.get("c")]', NATIVE),
    Program("history", 'r = requests.get(f"{url}/redirect/2")\nreturn [len(r.history), bool(r.history), 1 if r.history else 2]', NATIVE),
    Program("history_itself", 'return [each.status_code for each in requests.get(f"{url}/redirect/2").history]', THREAD),
    Program("elapsed", 'return requests.get(f"{url}/json").elapsed.total_seconds() >= 0', THREAD),
    Program("closed_at_the_end", 'r = requests.get(f"{url}/json")\nr.close()\nreturn r.json()', NATIVE),
    Program("encoding_read_of", 'r = requests.get(f"{url}/typed/html")\nreturn [r.encoding, r.apparent_encoding, r.text]', NATIVE),
    Program("encoding_set", 'r = requests.get(f"{url}/typed/html")\nfirst = r.text\nr.encoding = "utf-8"\nreturn [first, r.text, r.encoding]', NATIVE),
    Program("encoding_found", 'r = requests.get(f"{url}/typed/xml")\nr.encoding = r.apparent_encoding\nreturn r.text', NATIVE),
    Program("encoding_perhaps", 'r = requests.get(f"{url}/typed/html")\nif r.ok:\n    r.encoding = "utf-8"\nreturn r.text', THREAD),
    Program("encoding_of_variable", 'name = "utf-8" if url else None\nr = requests.get(f"{url}/typed/html")\nr.encoding = name\nreturn r.text', THREAD),
    Program("read_later", 'r = requests.get(f"{url}/json")\nreturn sorted([3, 1], key=lambda n: n if r.ok else -n)', NATIVE),
]  # fmt: skip

RESPONSES = _WHOLE + _TEXTS + _RAISING + _VARIABLES + [
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
    Program("pages", 'return [requests.get(f"{url}/json/{n}").json()["rest"] for n in range(3)]', NATIVE),
    Program("two_in_a_statement", 'return [requests.get(f"{url}/json/1").json(), requests.post(f"{url}/redirect/2", json={}).status_code]', NATIVE),
    Program("asked_until", 'n = 0\nwhile requests.get(f"{url}/json/{n}", allow_redirects=False).json()["rest"] != ["2"]:\n    n += 1\nreturn n', NATIVE),
    Program("asked_last", 'if url and requests.head(f"{url}/redirect/1").status_code == 302:\n    return 1\nelif requests.get(f"{url}/status/404").ok:\n    return 2\nreturn 3', NATIVE),
    Program("asked_in_text", 'return f"{requests.get(f\'{url}/status/404\').status_code} {requests.options(url + \'/json\', timeout=5).ok}"', NATIVE),
    Program("left_in_a_row", 'return [requests.get(f"{each}/invalid").json() for each in (url,)]', NATIVE, ("JSONDecodeError", "JSONDecodeError")),
    Program("chunks", 'return [len(c) for c in requests.get(f"{url}/json").iter_content(10)]', THREAD),
    Program("escaped", 'return str(requests.get(f"{url}/json"))', THREAD),
]  # fmt: skip
