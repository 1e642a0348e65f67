"""Sessions, and clients of httpx, as one async client each."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program


def _configured(name: str, *lines: str, result: str = "None") -> Program:
    """A session that is set up, makes two requests, and gives a result."""
    setup = "".join(f"    {line}\n" for line in lines)
    body = f"""
with requests.Session() as s:
{setup}    first = s.get(f"{{url}}/json")
    second = s.post(f"{{url}}/json/2", json={{"a": [1, "é"]}}, headers={{"X-Test": "own"}})
    return [first.json(), second.status_code, {result}]
"""
    return Program(name, body, NATIVE)


def _asked(name: str, call: str, strategy: str = NATIVE) -> Program:
    """One request of a session that has headers, a password and cookies."""
    body = f"""
s = requests.Session()
s.headers["X-Test"] = "session"
s.auth = ("user", "password")
s.cookies.set("mine", "1")
r = s.{call}
s.close()
return [r.status_code, r.json() if r.content else None]
"""
    return Program(name, body, strategy)


_CONFIGURED = [
    _configured("session_plain"),
    _configured("session_headers", 's.headers.update({"X-Test": "a"})', 's.headers["X-Other"] = "b"', result='[s.headers["x-test"], s.headers.get("X-Other"), "x-none" in s.headers]'),
    _configured("session_header_deleted", 's.headers["X-Test"] = "a"', 'del s.headers["X-Test"]', result='s.headers.pop("X-Test", None)'),
    _configured("session_cookies", 's.cookies.set("mine", "1")', 's.cookies.update({"two": "2"})', 's.cookies["three"] = "3"', result='[s.cookies["mine"], s.cookies.get("c"), s.cookies.get_dict()]'),
    _configured("session_cookies_cleared", 's.cookies["mine"] = "1"', "s.cookies.clear()"),
    _configured("session_auth", 's.auth = ("user", "pass:word")'),
    _configured("session_auth_object", 's.auth = HTTPBasicAuth("user", "password")'),
    _configured("session_params", 's.params = {"key": "k y", "n": 1}'),
    _configured("session_params_set", 's.params["key"] = "k"', 's.params.update({"other": "é"})'),
    _configured("session_redirects", "s.max_redirects = 3"),
    _configured("session_unverified", "s.verify = False"),
]  # fmt: skip

_ASKED = [
    _asked("session_get", 'get(f"{url}/json", timeout=5)'),
    _asked("session_get_params", 'get(f"{url}/json", params={"a": 1, "b": "x y"})'),
    _asked("session_get_query", 'get(f"{url}/json?a=1")'),
    _asked("session_get_own_auth", 'get(f"{url}/json", auth=("other", "word"))'),
    _asked("session_get_no_auth", 'get(f"{url}/json", auth=None)'),
    _asked("session_get_header", 'get(f"{url}/json", headers={"X-Test": "own", "X-More": "m"})'),
    _asked("session_redirected", 'get(f"{url}/redirect/3")'),
    _asked("session_redirected_far", 'get(f"{url}/redirect/25")'),
    _asked("session_not_redirected", 'get(f"{url}/redirect/3", allow_redirects=False)'),
    _asked("session_post_redirected", 'post(f"{url}/redirect/1", json={})'),
    _asked("session_head", 'head(f"{url}/redirect/1")'),
    _asked("session_head_followed", 'head(f"{url}/redirect/1", allow_redirects=True)'),
    _asked("session_request_head", 'request("HEAD", f"{url}/redirect/1")'),
    _asked("session_request", 'request("put", f"{url}/json", {"q": 1}, "text", {"X-Test": "own"})'),
    _asked("session_delete", 'delete(f"{url}/json", json={"id": 3})'),
    _asked("session_form", 'post(f"{url}/json", {"a": "1", "b": "é &"})'),
    _asked("session_text", 'put(f"{url}/json", b"\\x00\\xff")'),
    _asked("session_header_none", 'get(f"{url}/json", headers={"X-Test": None})', THREAD),
    _asked("session_own_cookies", 'get(f"{url}/json", cookies={"own": "1"})', THREAD),
    _asked("session_own_verify", 'get(f"{url}/json", verify=True)'),
    _asked("session_without_verify", 'get(f"{url}/json", verify=False)'),
]  # fmt: skip

_LIVES = [
    Program("session_never_closed", 's = requests.Session()\ns.get(f"{url}/redirect/2")\nreturn s.get(f"{url}/json").json()', NATIVE),
    Program("session_closed_in_finally", """
s: requests.Session = requests.session()
try:
    r = s.get(f"{url}/status/404")
    r.raise_for_status()
except requests.HTTPError as error:
    return error.response.status_code
finally:
    s.close()
""", NATIVE),
    Program("session_in_a_loop", """
found = []
for n in range(3):
    with requests.Session() as s:
        found.append(s.get(f"{url}/json/{n}").json()["rest"])
        found.append(s.get(f"{url}/json/{n}").ok)
return found
""", NATIVE),
    Program("session_handed_on", """
async def fetch(session: requests.Session, n):
    response = session.get(f"{url}/json/{n}")
    return response.json()["rest"]

with requests.Session() as s:
    return [await fetch(s, n) for n in range(3)]
""", NATIVE),
    Program("session_from_a_function", """
def make() -> requests.Session:
    session = requests.Session()
    session.headers["X-Test"] = "made"
    return session

with make() as s:
    return s.get(f"{url}/json").status_code
""", NATIVE),
    Program("session_of_an_object", """
class Api:
    async def __aenter__(self):
        self.session = requests.Session()
        self.session.headers.update({"X-Test": "object"})
        return self

    async def __aexit__(self, *_):
        self.session.close()

    async def get(self, what):
        return self.session.get(f"{url}/{what}", timeout=10).json()

async with Api() as api:
    return [await api.get("json"), await api.get("json/2")]
""", NATIVE),
    Program("session_closed_and_used", """
s = requests.Session()
one = s.get(f"{url}/json").status_code
s.close()
return [one, s.get(f"{url}/json").status_code]
""", THREAD),
    Program("session_used_behind", """
with requests.Session() as s:
    one = s.get(f"{url}/json").status_code
return [one, s.get(f"{url}/json").status_code]
""", THREAD),
    Program("session_replaced_headers", """
with requests.Session() as s:
    s.headers = {"X-Test": "only"}
    return [s.get(f"{url}/json").status_code, s.get(f"{url}/json").status_code]
""", THREAD),
]  # fmt: skip

_NOWHERE = "http://127.0.0.1:1"
_FAIL = [
    Program("session_timeout", """
with requests.Session() as s:
    try:
        return s.get(f"{url}/slow", timeout=0.4).json()
    except requests.Timeout:
        return "too slow"
""", NATIVE),
    Program("session_refused", f"""
with requests.Session() as s:
    try:
        s.get("{_NOWHERE}")
        s.get(f"{{url}}/json")
    except requests.ConnectionError:
        return "refused"
""", NATIVE),
    Program("session_too_many", """
with requests.Session() as s:
    s.max_redirects = 3
    try:
        return s.get(f"{url}/redirect/5").status_code
    except requests.TooManyRedirects:
        return "too many"
""", NATIVE),
    Program("session_left_status", 'with requests.Session() as s:\n    s.get(f"{url}/status/500").raise_for_status()', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("session_left_refused", f'with requests.Session() as s:\n    return s.get("{_NOWHERE}").json()', NATIVE, ("ConnectionError", "ConnectError")),
]  # fmt: skip


def _of_httpx(
    name: str, made: str, *lines: str, strategy: str = NATIVE, error: str = ""
) -> Program:
    body = "\n".join(f"    {line}" for line in lines)
    errors = (error, error) if error else None
    return Program(name, f"with {made} as c:\n{body}", strategy, errors)


_HTTPX = [
    _of_httpx("httpx_plain", "httpx.Client()", 'return c.get(f"{url}/json").json()'),
    _of_httpx("httpx_arguments", 'httpx.Client(base_url=url, headers={"X-Test": "h"}, params={"k": 1}, cookies={"own": "1"}, auth=("u", "p"), timeout=5, follow_redirects=True)', 'one = c.post("/redirect/2", json={"a": 1})', 'return [one.status_code, str(one.url)[-5:], len(one.history), c.get("/json").text]'),
    _of_httpx("httpx_not_followed", "httpx.Client()", 'r = c.get(f"{url}/redirect/2")', "return [r.status_code, r.is_success, bool(r), list(r.cookies)]"),
    _of_httpx("httpx_transport", "httpx.Client(transport=httpx.HTTPTransport(retries=1))", 'return [c.head(f"{url}/json").status_code, c.put(f"{url}/json", content="é", timeout=1).json()["ok"]]'),
    _of_httpx("httpx_form", "httpx.Client()", 'c.headers["X-Test"] = "f"', 'c.auth = ("u", "p")', 'return c.post(f"{url}/json", data={"a": ["1", "2"]}).status_code'),
    _of_httpx("httpx_error", "httpx.Client(timeout=0.4)", "try:", '    return c.get(f"{url}/slow").json()', "except httpx.TimeoutException as error:", "    return type(error).__name__"),
    _of_httpx("httpx_status", "httpx.Client()", 'return c.get(f"{url}/status/404").raise_for_status()', error="HTTPStatusError"),
    _of_httpx("httpx_left_slow", "httpx.Client(timeout=0.4)", 'return c.get(f"{url}/slow").json()', error="ReadTimeout"),
    _of_httpx("httpx_hooked", 'httpx.Client(event_hooks={"response": [lambda r: r.raise_for_status()]})', 'return c.get(f"{url}/json").status_code', strategy=THREAD),
    _of_httpx("httpx_streamed_body", "httpx.Client()", 'return c.post(f"{url}/json", content=iter([b"a", b"b"])).status_code', strategy=THREAD),
    Program("httpx_never_closed", 'c = httpx.Client()\nc.get(f"{url}/json")\nreturn c.get(f"{url}/json").json()', NATIVE),
    Program("httpx_closed", 'c = httpx.Client()\none = c.get(f"{url}/json").status_code\nc.close()\nreturn [one, c.is_closed]', NATIVE),
]  # fmt: skip

_USES = [
    _configured("session_in_a_list", result='[s.get(f"{url}/json/{n}").json()["rest"] for n in range(2)]'),
    _configured("session_text", result='s.get(f"{url}/latin").text'),
    _configured("session_walrus", result='(r := s.get(f"{url}/status/404")).ok or r.reason'),
    _configured("session_in_a_condition", result='1 if s.get(f"{url}/status/404").ok else s.get(f"{url}/redirect/1").url[-9:]'),
    _configured("session_twice_in_a_line", result='[s.get(f"{url}/json/a").status_code, s.delete(f"{url}/json/b").status_code]'),
    Program("session_lazy", """
class Api:
    def __init__(self):
        self._session = None

    @property
    def session(self) -> requests.Session:
        if self._session is None:
            self._session = requests.Session()
        return self._session

    async def get(self, what):
        session = self.session
        session.headers["X-Test"] = what
        return session.get(f"{url}/{what}").json()

    async def close(self):
        if self._session is not None:
            self._session.close()

api = Api()
found = [await api.get("json"), await api.get("json/2")]
await api.close()
return found
""", NATIVE),
    Program("session_maybe", """
s = None
try:
    s = requests.Session()
    return s.get(f"{url}/json").json()
finally:
    if s:
        s.close()
""", NATIVE),
    Program("session_handed_on_without_its_type", """
async def fetch(session, n):
    response = session.get(f"{url}/json/{n}", timeout=5)
    return response.json()["rest"] if response.ok else None

with requests.Session() as s:
    s.get(f"{url}/json")
    return [await fetch(s, n) for n in range(3)]
""", NATIVE),
]  # fmt: skip

SESSIONS = [*_USES, *_CONFIGURED, *_ASKED, *_LIVES, *_FAIL, *_HTTPX]

SESSIONS_SOURCE = "\n".join(
    (
        "import httpx\nimport requests\nfrom requests.auth import HTTPBasicAuth\n",
        *(f"\n{program.source}" for program in SESSIONS),
    )
)
"""A module that holds all of them."""
