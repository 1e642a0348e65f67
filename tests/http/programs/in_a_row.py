"""Requests of one coroutine, one after the other: cookies and connections are those of each alone."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, Program

IN_A_ROW = (
    Program("row_cookies", 'a = requests.get(f"{url}/redirect/2")\nb = requests.get(f"{url}/json")\nreturn [a.cookies.get("c"), b.cookies.get("c"), a.url.split("/")[-1]]', NATIVE),
    Program("row_given_cookies", 'a = requests.get(f"{url}/json", cookies={"s": "1"})\nb = requests.get(f"{url}/json")\nreturn a.ok and b.ok', NATIVE),
    Program("row_redirects", 'a = requests.get(f"{url}/redirect/1")\nb = requests.head(f"{url}/redirect/1")\nc = requests.get(f"{url}/redirect/1", allow_redirects=False)\nd = requests.head(f"{url}/redirect/1", allow_redirects=True)\nreturn [a.status_code, b.status_code, c.status_code, d.status_code]', NATIVE),
    Program("row_heads_first", 'a = requests.head(f"{url}/redirect/1").status_code\nb = requests.get(f"{url}/redirect/1").status_code\nreturn [a, b]', NATIVE),
    Program("row_branches", 'a = requests.get(f"{url}/status/404")\nif not a:\n    b = requests.get(f"{url}/json/b")\nelse:\n    b = requests.get(f"{url}/json/c")\nfor n in range(2):\n    c = requests.post(f"{url}/json/{n}", json=[n])\nreturn [a.status_code, b.json(), c.json()]', NATIVE),
    Program("row_header", 'if requests.get(f"{url}/json").ok:\n    for item in requests.get(f"{url}/json").json():\n        return [item, requests.get(f"{url}/status/204").status_code]', NATIVE),
    Program("row_error_between", 'a = requests.get(f"{url}/json")\ntry:\n    b = requests.get(f"{url}/closed").status_code\nexcept requests.ConnectionError:\n    b = "closed"\nc = requests.get(f"{url}/json")\nreturn [a.ok, b, c.ok]', NATIVE),
    Program("row_raise", 'a = requests.get(f"{url}/json")\na.raise_for_status()\nb = requests.get(f"{url}/status/500")\nb.raise_for_status()\nc = requests.get(f"{url}/json")\nreturn c.json()', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("row_unverified", 'a = requests.get(f"{url}/redirect/1", verify=False).json()\nb = requests.get(f"{url}/json", verify=False).json()\nreturn [a, b, requests.get(f"{url}/json").json()]', NATIVE),
    # The server says nothing of it that it closes the connection behind its answer.
    Program("row_closing", 'a = requests.get(f"{url}/closing")\nb = requests.get(f"{url}/closing")\nc = requests.get(f"{url}/closing")\nreturn [a.json(), b.json(), c.json()]', NATIVE),
)  # fmt: skip
