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
    "verified": 'get(f"{url}/json", verify=True)',
    "unverified": 'get(f"{url}/json", verify=False, timeout=3)',
    "all_absent": 'get(f"{url}/json", stream=False, cert=None, proxies=None, files=None, hooks={}, verify=None)',
    "auth_of_variable": 'get(f"{url}/json", auth=AUTH)',
    "auth_none": 'get(f"{url}/json", auth=None)',
    "no_timeout": 'get(f"{url}/json", timeout=None)',
}
_ARGUMENTS_IN_THREAD = {
    "unverified_first": 'get(verify=False, url=f"{url}/json")',
    "not_proxied": 'get(f"{url}/json", proxies={"http": None, "https": None})',
    "header_none": 'get(f"{url}/json", headers={"X-Test": None})',
    "header_latin": 'get(f"{url}/json", headers={"X-Test": "Zo\\xeb"})',
    "auth_latin": 'get(f"{url}/json", auth=("user", "p\\xe4ss"))',
    "header_unset": 'get(f"{url}/json", headers={"X-Test": os.environ.get("NOT_SET_AT_ALL")})',
    "header_unset_later": 'get(f"{url}/json", headers={"X-Test": NOT_SET, "X-Other": "a"})',
    "auth_unset": 'get(f"{url}/json", auth=(os.getenv("NOT_SET_AT_ALL"), "p"))',
    "auth_own": 'get(f"{url}/json", auth=Signed())',
    "auth_proxy": 'get(f"{url}/json", auth=requests.auth.HTTPProxyAuth("u", "p"))',
    "hooked": 'get(f"{url}/json", hooks={"response": lambda r, **k: None})',
}

OPTIONS = [*calls(NATIVE, **_ARGUMENTS), *calls(THREAD, **_ARGUMENTS_IN_THREAD)]
