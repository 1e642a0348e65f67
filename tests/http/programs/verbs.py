"""Which function is called."""

from __future__ import annotations

from tests.http.programs.program import NATIVE, calls

_VERBS = {
    **{
        verb: f'{verb}(f"{{url}}/json")'
        for verb in ("get", "post", "put", "patch", "delete", "options")
    },
    "head": 'head(f"{url}/json")',
    "head_redirect": 'head(f"{url}/redirect/1")',
    "head_followed": 'head(f"{url}/redirect/1", allow_redirects=True)',
    "request_lower": 'request("get", f"{url}/json")',
    "request_keywords": 'request(method="PUT", url=f"{url}/json", json=[1])',
    "request_head": 'request("HEAD", f"{url}/redirect/1")',
    "request_variable": 'request("po" + "st", f"{url}/json", json=[1])',
    "api_get": 'api.get(f"{url}/json")',
    "delete_json": 'delete(f"{url}/json", json={"id": 3})',
    "get_body": 'get(f"{url}/json", data="body")',
    "redirects": 'get(f"{url}/redirect/3")',
    "many_redirects": 'get(f"{url}/redirect/25")',
    "not_followed": 'get(f"{url}/redirect/3", allow_redirects=False)',
    "post_redirect": 'post(f"{url}/redirect/1", json={})',
}

VERBS = calls(NATIVE, **_VERBS)
