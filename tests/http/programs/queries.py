"""The URL and `params`."""

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, calls

_PARAMS = {
    "params_plain": 'get(f"{url}/json", params={"a": 1, "b": "x y", "c": 1.5, "d": -2, "e": ""})',
    "params_list": 'get(f"{url}/json", params={"tags": ["a", "b"], "pair": ("c", "d")})',
    "params_pairs": 'get(f"{url}/json", params=[("b", 1), ("a", 2)])',
    "params_special": 'get(f"{url}/json", params={"q": "é&=?/ü+%", "ключ": "значение"})',
    "params_none": 'get(f"{url}/json", params=None)',
    "params_empty": 'get(f"{url}/json", params={})',
    "params_positional": 'get(f"{url}/json", {"page": 2})',
    "params_unseen_url": 'get(str(url) + "/json", params={"page": 2})',
    "params_parameter_url": 'get(url, params={"page": 2})',
    "url_object": 'get(Address(f"{url}/json"), params={"a": 1})',
    "url_object_alone": 'get(Address(f"{url}/json"))',
    "params_quoted": 'get(f"{url}/json", params={"q": urllib.parse.quote("a b"), "page": int("3")})',
    "path_quoting": 'get(f"{url}/json/a b/é//;x=1")',
    "query_in_url": 'get(f"{url}/json?a=1&b=2")',
}
_PARAMS_IN_THREAD = {
    "params_with_query": 'get(f"{url}/json?a=1", params={"b": 2})',
    "params_none_value": 'get(f"{url}/json", params={"a": None, "b": 1})',
    "params_bool": 'get(f"{url}/json", params={"a": True})',
    "params_bytes": 'get(f"{url}/json", params={"a": b"x"})',
    "params_empty_list": 'get(f"{url}/json", params={"a": [], "b": 1})',
    "params_repeated": 'get(f"{url}/json", params=[("a", 1), ("b", 2), ("a", 3)])',
    "params_text": 'get(f"{url}/json", params="a=1&b=2 3")',
    "bytes_url": 'get(f"{url}/json".encode())',
}

QUERIES = [*calls(NATIVE, **_PARAMS), *calls(THREAD, **_PARAMS_IN_THREAD)]
