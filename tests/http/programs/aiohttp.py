"""What is otherwise where requests become aiohttp's: programs that other clients leave to a thread, and the reverse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.http.programs.helpers import HELPERS
from tests.http.programs.program import BLOCK, NATIVE, THREAD

if TYPE_CHECKING:
    from tests.http.programs.program import Program

# aiohttp repeats the body where a redirect is followed.
_REDIRECTED = ("put", "patch", "delete", "options", "request_keywords", "delete_json", "bytes")
# Its response has to be read behind the request, for which there is no room there.
_NO_STATEMENT = (
    "pages",
    "two_in_a_statement",
    "asked_until",
    "asked_in_text",
    "left_in_a_row",
)
# Its errors have no response, but some of what that would say.
_NO_RESPONSE = tuple(
    f"response_{what}_{how}"
    for what in ("there", "status", "true", "text", "got", "has")
    for how in ("status_503", "closed", "invalid", "slow")
)
_STRATEGIES = {
    **dict.fromkeys((*_NO_RESPONSE, "http_error_reads"), THREAD),
    **dict.fromkeys(
        (
            "all_headers",
            "repeated_headers",
            "all_cookies",
            "history",
            "encoding_read_of",
            "encoding_set",
            "encoding_found",
            "read_later",
        ),
        THREAD,
    ),
    **dict.fromkeys(("fetched_200", "fetched_404", "fetched_0"), BLOCK),
    "request_variable": THREAD,
    "json_signed": NATIVE,
    "tls_before": NATIVE,
    "verified": THREAD,
    "unverified": THREAD,
    "all_absent": THREAD,
    "auth_of_variable": THREAD,
    **dict.fromkeys((*_REDIRECTED, *_NO_STATEMENT), THREAD),
    "asked_last": BLOCK,
    "params_with_query": NATIVE,
    "params_empty_list": NATIVE,
    "params_repeated": NATIVE,
    "form_pairs": NATIVE,
    "form_empty": THREAD,
    "data_and_json": THREAD,
    # A cookie that may be there or not has no value of its own.
    "row_cookies": BLOCK,
    # The first one moves in front of the statement.
    "two_in_a_statement": f"{NATIVE} {THREAD}",
}
_ERRORS = {
    "left_refused": "ClientConnectorError",
    "left_timeout": "SocketTimeoutError",
    "left_status": "ClientResponseError",
    "row_raise": "ClientResponseError",
}


def for_aiohttp(program: Program) -> Program:
    """A program as it has to come out with aiohttp.

    Args:
        program: as it comes out with httpx.
    """
    error = program.error
    if error is not None:
        error = (error[0], _ERRORS.get(program.name, error[1]))
    if any(program.name == each.name for each in HELPERS):
        # What is awaited cannot stand in a plain function.
        return replace(program, strategy=_STRATEGIES.get(program.name, THREAD))
    strategy = _STRATEGIES.get(program.name, program.strategy)
    # aiohttp asks once more when the connection is lost before there is an answer.
    again = "/closed" if strategy == NATIVE else ""
    return replace(program, strategy=strategy, error=error, again=again)
