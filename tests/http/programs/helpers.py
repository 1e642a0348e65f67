"""Responses that go to functions of the module, or come from them."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, Program

_CHECKED = """
def _check_NAME(response: requests.Response) -> None:
    if not response.ok:
        raise LookupError(response.reason)


def _parse_NAME(reply):
    reply.raise_for_status()
    if reply.status_code == requests.codes.no_content:
        return None
    return [reply.json(), reply.text, reply.url[-4:]]
"""
_GIVEN_BACK = """
def _ensured_NAME(reply):
    reply.raise_for_status()
    return reply
"""
_FETCHED = """
async def _fetch_NAME(url, status) -> requests.Response:
    if status:
        return requests.get(f"{url}/status/{status}")
    return requests.get(f"{url}/closed")


async def _twice_NAME(url, status):
    reply = await _fetch_NAME(url, status)
    return reply
"""
_MAYBE = """
async def _maybe_NAME(url, status):
    if not status:
        return None
    return requests.get(f"{url}/status/{status}")
"""
_METHODS = """
class _Client_NAME:
    def __init__(self, base):
        self.base = base

    def _handled(self, reply, default=None):
        return reply.json() if reply else default

    async def get(self, path):
        return self._handled(requests.get(f"{self.base}/{path}"), default="bad")
"""


def _program(name: str, around: str, body: str, strategy: str = NATIVE) -> Program:
    return Program(name, body.replace("NAME", name), strategy, around=around.replace("NAME", name))


HELPERS = [
    *(
        _program(f"checked_{status}", _CHECKED, f"""
response = requests.get(f"{{url}}/status/{status}")
try:
    _check_NAME(response)
except LookupError as error:
    return str(error)
try:
    return _parse_NAME(response)
except requests.HTTPError:
    return "never"
""")
        for status in (200, 204, 404)
    ),
    *(
        _program(f"parsed_{status}", _CHECKED, f"""
try:
    return _parse_NAME(requests.get(f"{{url}}/status/{status}"))
except requests.HTTPError as error:
    return error.response.status_code
""")
        for status in (200, 500)
    ),
    _program("given_back", _GIVEN_BACK, """
try:
    return _ensured_NAME(requests.get(f"{url}/json")).text
except requests.RequestException:
    return "handled"
"""),
    _program("given_back_failing", _GIVEN_BACK, """
try:
    reply = _ensured_NAME(reply=requests.get(f"{url}/status/503"))
    return reply.text
except requests.RequestException as error:
    return error.response.status_code if error.response is not None else None
"""),
    *(
        _program(f"fetched_{status}", _FETCHED, f"""
try:
    reply = await _twice_NAME(url, {status})
    reply.raise_for_status()
    return [reply.ok, reply.reason, (await _fetch_NAME(url, 200)).text]
except requests.ConnectionError:
    return "connection"
except requests.HTTPError as error:
    return error.response.text
""")
        for status in (200, 404, 0)
    ),
    *(
        _program(f"maybe_{status}", _MAYBE, f"""
reply = await _maybe_NAME(url, {status})
if not reply:
    return "nothing"
return reply.text
""")
        for status in (200, 404)
    ),
    _program("by_method", _METHODS, 'return [await _Client_NAME(url).get("json"), await _Client_NAME(url).get("status/404")]'),
    _program("handed_elsewhere", _GIVEN_BACK, 'return [str(f) != "" for f in (_ensured_NAME,)] + [_ensured_NAME(requests.get(f"{url}/json")).ok]', THREAD),
    _program("kinds_of_two", _CHECKED, 'made = requests.Response()\nmade.status_code = 200\n_check_NAME(made)\nreply = requests.get(f"{url}/json")\n_check_NAME(reply)\nreturn reply.ok', THREAD),
    _program("recursive", "def _deep_NAME(reply, n):\n    return _deep_NAME(reply, n - 1) if n else reply.text", 'return _deep_NAME(requests.get(f"{url}/json"), 2)', THREAD),
]  # fmt: skip
