"""Headers, authentication, cookies, timeouts and what else a request may be given."""

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, calls

_ARGUMENTS = {
    "headers": 'get(f"{url}/json", headers={"X-Test": f"{1} a"})',
    "headers_content_type": 'post(f"{url}/json", data="x", headers={"Content-Type": "text/csv"})',
    "auth": 'get(f"{url}/json", auth=("user", "pass:word"))',
    "auth_object": 'get(f"{url}/json", auth=HTTPBasicAuth("user", "pass"))',
    "cookies": 'get(f"{url}/json", cookies={"session": "s", "other": "o"})',
    "cookies_redirect": 'get(f"{url}/redirect/2", cookies={"session": "s"})',
    "timeout_pair": 'get(f"{url}/json", timeout=(3, 5))',
    "no_timeout": 'get(f"{url}/json", timeout=None)',
}
_ARGUMENTS_IN_THREAD = {
    "header_none": 'get(f"{url}/json", headers={"X-Test": None})',
    "header_latin": 'get(f"{url}/json", headers={"X-Test": "Zo\\xeb"})',
    "auth_latin": 'get(f"{url}/json", auth=("user", "p\\xe4ss"))',
    "verify": 'get(f"{url}/json", verify=True)',
}

OPTIONS = [*calls(NATIVE, **_ARGUMENTS), *calls(THREAD, **_ARGUMENTS_IN_THREAD)]
