"""Where requests and httpx agree, name by name.

Measured by running both against the same server: requests 2.34, httpx 0.28, httpx2 2.16.
"""

from __future__ import annotations

# In templates: the text by which the file calls the client's module, and the module `json`. They
# are characters that no source has: text taken from the file is never mistaken for them.
CLIENT = "\ue000"
JSON = "\ue001"

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
# The functions of both modules are the same ones.
VERB_MODULES = frozenset({"requests", "requests.api"})
# The async client's methods of these names take no body.
BODYLESS = frozenset({"get", "options", "head", "delete"})
BODY = frozenset({"data", "json"})

RESPONSE_TYPES = frozenset({"requests.Response", "requests.models.Response"})
# Members of a response that are the same on both sides.
SAME_MEMBERS = frozenset({"status_code", "content", "json", "links"})
# The same as long as one item is asked for: iteration and `dict()` differ in case and order.
SAME_ITEMS = frozenset({"headers", "cookies"})
# Members with another name.
RENAMED_MEMBERS = {"reason": "reason_phrase", "is_redirect": "has_redirect_location"}
# Members of the response in an `HTTPError` that may be read as they are.
SAME_IN_ERRORS = frozenset({"status_code", "content", "json"})

# Authentication that the async client has under another name.
AUTH_TYPES = {
    "requests.auth.HTTPBasicAuth": f"{CLIENT}.BasicAuth",
    "requests.auth.HTTPDigestAuth": f"{CLIENT}.DigestAuth",
}

# What an exception of requests is called on the other side. An empty tuple: nothing there is
# caught by the same handler.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "RequestException": (f"{CLIENT}.HTTPError", f"{CLIENT}.InvalidURL", f"{CLIENT}.StreamError"),
    "ConnectionError": (
        f"{CLIENT}.NetworkError",
        f"{CLIENT}.ConnectTimeout",
        f"{CLIENT}.ProxyError",
        f"{CLIENT}.RemoteProtocolError",
    ),
    "Timeout": (f"{CLIENT}.TimeoutException",),
    "ConnectTimeout": (f"{CLIENT}.ConnectTimeout",),
    "ReadTimeout": (f"{CLIENT}.ReadTimeout",),
    "HTTPError": (f"{CLIENT}.HTTPStatusError",),
    "TooManyRedirects": (f"{CLIENT}.TooManyRedirects",),
    "InvalidURL": (f"{CLIENT}.InvalidURL", f"{CLIENT}.UnsupportedProtocol"),
    "MissingSchema": (f"{CLIENT}.UnsupportedProtocol",),
    "InvalidSchema": (f"{CLIENT}.UnsupportedProtocol",),
    "ChunkedEncodingError": (f"{CLIENT}.RemoteProtocolError",),
    "ContentDecodingError": (f"{CLIENT}.DecodingError",),
    "ProxyError": (),
    "SSLError": (),
    "RetryError": (),
    "JSONDecodeError": (f"{JSON}.JSONDecodeError",),
    "InvalidJSONError": (),
    "UnrewindableBodyError": (),
    "InvalidHeader": (),
    "InvalidProxyURL": (),
    "StreamConsumedError": (f"{CLIENT}.StreamConsumed",),
}
EXCEPTION_MODULES = ("requests.exceptions.", "requests.")
# Base classes of requests' exceptions that the client's exceptions do not have.
OS_ERRORS = frozenset(f"builtins.{name}" for name in ("OSError", "IOError", "EnvironmentError"))
LOST_BASES = OS_ERRORS | {"builtins.ValueError"}
CATCH_ALL = frozenset({"builtins.Exception", "builtins.BaseException"})


def exception_name(qualified: str) -> str | None:
    """The bare name of an exception of requests, or None for anything else."""
    for module in EXCEPTION_MODULES:
        name = qualified.removeprefix(module)
        if name != qualified and name in EXCEPTIONS:
            return name
    return None


def may_be_passed_on(qualified: str) -> bool:
    """Whether a class may be requests' under another name (`requests_async.exceptions.Timeout`)."""
    root, _, name = qualified.partition(".")
    return root.startswith("requests_") and name.rpartition(".")[2] in EXCEPTIONS
