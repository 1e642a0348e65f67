"""Where requests and httpx agree, name by name.

Measured by running both against the same server: requests 2.34, httpx 0.28, httpx2 2.16.
"""

from __future__ import annotations

# Positional parameters of each verb, beyond which only keywords are accepted.
POSITIONAL: dict[str, tuple[str, ...]] = {
    "get": ("url", "params"),
    "options": ("url",),
    "head": ("url",),
    "delete": ("url",),
    "post": ("url", "data", "json"),
    "put": ("url", "data"),
    "patch": ("url", "data"),
    "request": ("method", "url"),
}
# The async client's methods of these names take no body.
BODYLESS = frozenset({"get", "options", "head", "delete"})
BODY = frozenset({"data", "json"})

# Members of a response that are the same on both sides.
SAME_MEMBERS = frozenset({"status_code", "content", "json", "links"})
# The same as long as one item is asked for: iteration and `dict()` differ in case and order.
SAME_ITEMS = frozenset({"headers", "cookies"})
# Members with another name.
RENAMED_MEMBERS = {"reason": "reason_phrase"}

# What an exception of requests is called on the other side; `{}` is the client's module. An empty
# tuple: nothing there is caught by the same handler.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "RequestException": ("{}.HTTPError", "{}.InvalidURL", "{}.StreamError"),
    "ConnectionError": (
        "{}.NetworkError",
        "{}.ConnectTimeout",
        "{}.ProxyError",
        "{}.RemoteProtocolError",
    ),
    "Timeout": ("{}.TimeoutException",),
    "ConnectTimeout": ("{}.ConnectTimeout",),
    "ReadTimeout": ("{}.ReadTimeout",),
    "HTTPError": ("{}.HTTPStatusError",),
    "TooManyRedirects": ("{}.TooManyRedirects",),
    "InvalidURL": ("{}.InvalidURL", "{}.UnsupportedProtocol"),
    "MissingSchema": ("{}.UnsupportedProtocol",),
    "InvalidSchema": ("{}.UnsupportedProtocol",),
    "ChunkedEncodingError": ("{}.RemoteProtocolError",),
    "ContentDecodingError": ("{}.DecodingError",),
    "ProxyError": (),
    "SSLError": (),
    "RetryError": (),
    "JSONDecodeError": ("json.JSONDecodeError",),
    "InvalidJSONError": (),
    "UnrewindableBodyError": (),
    "InvalidHeader": (),
    "InvalidProxyURL": (),
    "StreamConsumedError": ("{}.StreamConsumed",),
}
EXCEPTION_MODULES = ("requests.exceptions.", "requests.")
# Base classes of requests' exceptions that the client's exceptions do not have.
LOST_BASES = frozenset(
    f"builtins.{name}" for name in ("OSError", "IOError", "EnvironmentError", "ValueError")
)
CATCH_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})


def exception_name(qualified: str) -> str | None:
    """The bare name of an exception of requests, or None for anything else."""
    for module in EXCEPTION_MODULES:
        name = qualified.removeprefix(module)
        if name != qualified and name in EXCEPTIONS:
            return name
    return None
