"""What is sent: `data` and `json`."""

from __future__ import annotations

from tests.http.programs.program import NATIVE, THREAD, calls

_BODIES = {
    "form": 'post(f"{url}/json", data={"a": "1", "b": 2, "c": ["x", "y"], "d": "é &="})',
    "form_positional": 'post(f"{url}/json", {"a": "1"})',
    "form_empty": 'post(f"{url}/json", data={})',
    "text": 'post(f"{url}/json", data="zoë")',
    "bytes": 'put(f"{url}/json", b"\\x00\\xff")',
    "json_value": 'post(f"{url}/json", json={"a": None, "b": [True, 1.5], "c": "é"})',
    "json_positional": 'post(f"{url}/json", None, {"a": 1})',
    "json_falsy": 'post(f"{url}/json", json=[])',
    "json_none": 'post(f"{url}/json", json=None)',
    "data_and_json": 'post(f"{url}/json", data={"a": "1"}, json={"b": 2})',
    "encoded": 'post(f"{url}/json", data=url.split("/")[-1].encode("utf-8"))',
    "encoded_later": 'post(f"{url}/json", data=json.dumps({"a": "é"}).encode())',
    "form_seen": 'post(f"{url}/json", data={"a": urllib.parse.quote("a b"), "b": os.getenv("NO", "b c"), "c": 1})',
    "dumped": 'post(f"{url}/json", data=json.dumps({"a": 1}))',
}
_BODIES_IN_THREAD = {
    "form_pairs": 'post(f"{url}/json", data=[("a", 1), ("a", 2)])',
    "form_none": 'post(f"{url}/json", data={"a": None})',
    "form_bool": 'post(f"{url}/json", data={"a": True})',
    "form_unseen": 'post(f"{url}/json", data={"a": url.split("/")[-1]})',
    "form_bytearray": 'post(f"{url}/json", data=bytearray(b"abc"))',
    "form_generator": 'post(f"{url}/json", data=(part for part in (b"a", b"b")))',
    "form_optional": 'post(f"{url}/json", data={"a": os.getenv("NOT_SET_AT_ALL"), "b": "c"})',
    "form_file": 'post(f"{url}/json", data=io.BytesIO(b"abc"))',
}

BODIES = [*calls(NATIVE, **_BODIES), *calls(THREAD, **_BODIES_IN_THREAD)]
