"""Programs for aiohttp: what it takes in a form of its own, and what must be awaited there."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program, calls, handled

_CALLS = {
    "limit": 'get(f"{url}/json", timeout=LIMIT)',
    "limit_unseen": 'get(f"{url}/json", timeout=LIMITS["pair"])',
    "limit_half": 'get(f"{url}/json", timeout=(None, 5))',
    "limit_none_unseen": 'get(f"{url}/json", timeout=LIMITS["none"])',
    "login_named": 'get(f"{url}/json", auth=LOGIN)',
    "login_object": 'get(f"{url}/json", auth=HTTPBasicAuth("user", "pass"))',
    "login_empty": 'get(f"{url}/json", auth=("user", ""))',
    "login_none": 'get(f"{url}/json", auth=None)',
    "nothing_sent": 'post(f"{url}/json")',
    "none_sent": 'post(f"{url}/json", data=None)',
    "text_sent": 'post(f"{url}/json", "text", headers={"X-Test": "1"})',
    "bytes_sent": 'post(f"{url}/json", data=b"text")',
    "text_and_no_json": 'post(f"{url}/json", "text", None)',
    "json_sent": 'post(f"{url}/json", json={"a": "é"})',
    "own_type": 'post(f"{url}/json", data="a,b", headers={"content-type": "text/csv"})',
    "fields": 'post(f"{url}/json", data={"a": ["x", 1], "b": "é &=+"})',
    "query_twice": 'get(f"{url}/json?a=1", params={"a": 2, "b": ["c", "d"]})',
    "query_quoted": 'get(f"{url}/json?a=%26%3D", params={"b": "/:?#[]@!$&()*+,;="})',
    "post_moved": 'post(f"{url}/moved/302", json=[1])',
    "post_kept": 'post(f"{url}/moved/307", json=[1])',
    "post_form_kept": 'post(f"{url}/moved/308", data={"a": 1})',
    "odd_cookies": 'get(f"{url}/moved/301/odd")',
    "moved_not_followed": 'get(f"{url}/moved/301", allow_redirects=False)',
    "thirty": 'get(f"{url}/redirect/30")',
    "as_method": 'request("POST", f"{url}/json", data="x")',
    "head_moved": 'head(f"{url}/moved/302", allow_redirects=True)',
}
_IN_THREAD = {
    "login_keywords": 'get(f"{url}/json", auth=HTTPBasicAuth(username="user", password="pass"))',
    "login_unseen": 'get(f"{url}/json", auth=tuple("up"))',
    "login_twice": 'get(f"{url}/json", auth=("u", "p"), headers={"authorization": "other"})',
    "cookies_twice": 'get(f"{url}/json", cookies={"a": "b"}, headers={"Cookie": "c=d"})',
    "header_bytes": 'get(f"{url}/json", headers={"X-Test": b"1"})',
    "number_names_field": 'post(f"{url}/json", data={1: 2})',
    "number_names_query": 'get(f"{url}/json", params={1: 2})',
    "nested_query": 'get(f"{url}/json", params=[("a", [1, 2])])',
    "bytes_field": 'post(f"{url}/json", data={"a": b"x"})',
    "unseen_field": 'post(f"{url}/json", data={"a": url.split("/")[:1]})',
    "method_unseen": 'request(url[:0] + "GET", f"{url}/json")',
    "method_other": 'request("DELETE", f"{url}/json")',
    "put_moved": 'put(f"{url}/moved/302", json=[1])',
    "patch_moved": 'patch(f"{url}/moved/301", data="x")',
    "delete_moved": 'delete(f"{url}/moved/302")',
}

_USES = [
    Program("sliced", 'r = requests.get(f"{url}/json")\nreturn [r.content[:3].decode(), len(r.content), r.text.strip()[-3:], f"{r.text[:2]}{r.json()[\'ok\']}"]', NATIVE),
    Program("in_a_list", 'r = requests.get(f"{url}/json")\nreturn [r.json()["items"][n] for n in range(2)]', NATIVE),
    Program("over_a_list", 'r = requests.get(f"{url}/json")\nreturn [n for n in r.json()["items"] if n in r.json()["items"]]', NATIVE),
    Program("in_a_generator", 'r = requests.get(f"{url}/json")\nreturn sum(r.json()["items"][n] for n in range(2))', THREAD),
    Program("in_a_lambda", 'r = requests.get(f"{url}/json")\nreturn (lambda: r.json()["ok"])()', THREAD),
    Program("in_a_function", 'r = requests.get(f"{url}/json")\ndef inner():\n    return r.status_code\nreturn inner()', THREAD),
    Program("not_called", 'r = requests.get(f"{url}/json")\nread = r.json\nreturn read()["ok"]', THREAD),
    Program("given_options", 'return requests.get(f"{url}/json").json(parse_int=str)["items"]', NATIVE),
    Program("added_up", 'total = 1\ntotal += requests.get(f"{url}/json").json()["items"][2]\nreturn total', NATIVE),
    Program("asserted", 'assert requests.get(f"{url}/json").ok, "no"\nreturn 1', THREAD),
    Program("raised", 'try:\n    raise KeyError(requests.get(f"{url}/json").status_code)\nexcept KeyError as error:\n    return str(error)', NATIVE),
    Program("behind_another", 'return [url[:4], requests.get(f"{url}/json").status_code]', THREAD),
    Program("behind_names", 'n = 1\nreturn [n, "b", requests.get(f"{url}/json").json()["ok"]], {"a": n, "b": 2}', NATIVE),
    Program("in_a_dict", 'n = 1\nreturn {"a": n, "b": requests.get(f"{url}/json").json()["ok"], "c": len(url[:2])}', NATIVE),
    Program("behind_a_global", 'return [LIMIT, requests.get(f"{url}/json").json()["ok"]]', THREAD),
    Program("first_of_list", 'return [n for n in requests.get(f"{url}/json").json()["items"]]', NATIVE),
    Program("one_after_the_other", 'if not url:\n    return 1\nelif requests.get(f"{url}/json"):\n    return 2', THREAD),
    Program("nothing_asked", 'requests.post(f"{url}/json", json=[1])\nr = requests.get(f"{url}/json")\nreturn 1', NATIVE),
    Program("annotated", 'r: requests.Response = requests.get(f"{url}/json")  # noted\nreturn r.reason', NATIVE),
    Program("in_blocks", 'found = []\nfor n in range(2):\n    try:\n        r = requests.get(f"{url}/json/{n}")\n        found.append(r.json()["rest"])\n    finally:\n        found.append(n)\nreturn found', NATIVE),
    Program("closed", 'r = requests.get(f"{url}/json")\nr.close()\nreturn r.json()["ok"]', NATIVE),
    Program("single_header", 'r = requests.get(f"{url}/linked")\nreturn [r.headers["x-total"], r.headers.get("X-None"), "link" in r.headers, r.headers.get("x-total", "0")]', NATIVE),
    Program("repeated_header", 'return requests.get(f"{url}/linked").headers["Link"]', THREAD),
    Program("unseen_header", 'return requests.get(f"{url}/linked").headers[str("Link")]', THREAD),
    Program("cookie_there", 'r = requests.get(f"{url}/json")\nreturn ["c" in r.cookies, r.cookies["c"]]', NATIVE),
    Program("cookie_or_none", 'return requests.get(f"{url}/json").cookies.get("c")', THREAD),
    Program("no_json", 'try:\n    return requests.head(f"{url}/json").json()\nexcept requests.JSONDecodeError:\n    return "empty"', NATIVE),
    Program("text_when_raised", 'r = requests.get(f"{url}/status/404")\ntry:\n    r.raise_for_status()\nexcept requests.HTTPError:\n    return [r.text, r.json(), r.status_code]', NATIVE),
    Program("content_when_raised", 'r = requests.get(f"{url}/status/404")\ntry:\n    r.raise_for_status()\nexcept requests.HTTPError:\n    return r.content.decode()', THREAD),
    Program("content_and_raised", 'r = requests.get(f"{url}/json")\nr.raise_for_status()\nreturn len(r.content)', NATIVE),
    Program("error_asked", 'try:\n    requests.get(f"{url}/status/404").raise_for_status()\nexcept requests.HTTPError as error:\n    return [error.response.status_code, error.response.reason]', NATIVE),
    Program("error_read", 'try:\n    requests.get(f"{url}/status/404").raise_for_status()\nexcept requests.HTTPError as error:\n    return error.response.text', THREAD),
    *(Program(f"status_{status}", f'r = requests.get(f"{{url}}/status/{status}")\nr.raise_for_status()\nreturn [r.ok, bool(r), not r, not r.ok, r.ok is True]', NATIVE) for status in (201, 302, 600, 999)),
]  # fmt: skip

_ERRORS = [
    handled("limit_reached", "slow", "requests.ReadTimeout"),
    handled("limit_reached_by_base", "slow", "(requests.ConnectTimeout, requests.Timeout)"),
    handled("cut_off", "truncated", "requests.exceptions.ChunkedEncodingError"),
    handled("cut_off_by_base", "truncated", "requests.RequestException"),
    Program("cut_off_unread", 'try:\n    return requests.get(f"{url}/truncated").status_code\nexcept requests.RequestException:\n    return "cut off"', NATIVE),
    Program("cut_off_unasked", 'try:\n    requests.get(f"{url}/truncated")\nexcept requests.RequestException:\n    return "cut off"', NATIVE),
    Program("post_lost", 'try:\n    return requests.post(f"{url}/closed").json()\nexcept requests.ConnectionError:\n    return "lost"', NATIVE),
    Program("thirty_one", 'try:\n    return requests.get(f"{url}/redirect/31").json()\nexcept requests.TooManyRedirects:\n    return "too many"', NATIVE),
    Program("redirects_in_order", 'try:\n    return requests.get(f"{url}/redirect/31").json()\nexcept requests.TooManyRedirects:\n    return "too many"\nexcept requests.HTTPError:\n    return "status"', NATIVE),
    Program("redirects_behind", 'try:\n    return requests.get(f"{url}/redirect/31").json()\nexcept requests.HTTPError:\n    return "status"\nexcept requests.TooManyRedirects:\n    return "too many"', THREAD),
    Program("no_such_scheme", 'try:\n    requests.get("ftp://127.0.0.1/")\nexcept requests.exceptions.InvalidSchema:\n    return "scheme"', NATIVE),
]  # fmt: skip

AIOHTTP_ONLY: tuple[Program, ...] = (
    *calls(NATIVE, **_CALLS),
    *calls(THREAD, **_IN_THREAD),
    *_USES,
    *_ERRORS,
)

AIOHTTP_SOURCE = "\n".join(
    (
        "import requests\nfrom requests.auth import HTTPBasicAuth\n",
        'LIMIT = 5\nLIMITS = {"pair": (3, 5), "none": None}\nLOGIN = ("user", "pass:word")\n',
        *(f"\n{program.source}" for program in AIOHTTP_ONLY),
    )
)
"""A module that holds all of them."""
