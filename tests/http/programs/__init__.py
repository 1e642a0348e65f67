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

SOURCE = "\n".join(
    (
        "import io\nimport json\n\nimport requests\n",
        "from requests import codes\nfrom requests.auth import HTTPBasicAuth\n",
        *(f"\n{program.source}" for program in PROGRAMS),
    )
)
"""A module that holds all of them."""

__all__ = ["PROGRAMS", "SOURCE", "Program"]
