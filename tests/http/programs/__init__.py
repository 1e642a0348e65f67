"""Programs that make requests: one module a topic, one row a program."""

from __future__ import annotations

from tests.http.programs.bodies import BODIES
from tests.http.programs.errors import ERRORS
from tests.http.programs.in_a_row import IN_A_ROW
from tests.http.programs.options import OPTIONS
from tests.http.programs.program import Program
from tests.http.programs.queries import QUERIES
from tests.http.programs.responses import RESPONSES
from tests.http.programs.verbs import VERBS

PROGRAMS: tuple[Program, ...] = (
    *VERBS,
    *QUERIES,
    *BODIES,
    *OPTIONS,
    *RESPONSES,
    *ERRORS,
    *IN_A_ROW,
)

_CLASSES = """
class Signed(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["X-Test"] = str(len(request.body or b""))
        return request


class Address:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text
"""

SOURCE = "\n".join(
    (
        "import contextlib\nimport hmac\nimport io\nimport json\nimport os\nimport urllib.parse",
        "from contextlib import suppress\n\nimport requests",
        "from requests import HTTPError, codes\nfrom requests.auth import HTTPBasicAuth\n",
        'AUTH = HTTPBasicAuth("user", "pass")\nNOT_SET = os.getenv("NOT_SET_AT_ALL")\n',
        "RETRYABLE = (requests.Timeout, requests.exceptions.ConnectionError, KeyError)\n",
        _CLASSES,
        *(f"\n{program.source}" for program in PROGRAMS),
    )
)
"""A module that holds all of them."""

__all__ = ["PROGRAMS", "SOURCE", "Program"]
