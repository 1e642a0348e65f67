"""Requests whose body is read later: chunks, lines, the whole body, failures, leaving early."""

# ruff: noqa: E501 - a table, one program a row

from __future__ import annotations

from importlib.util import find_spec

from tests.http.programs.program import BLOCK, NATIVE, THREAD, Program

_OPENED = 'with requests.get(f"{url}/WHAT", stream=True) as r:\n'


def _chunks(name: str, call: str, *whats: str, strategy: str = NATIVE) -> list[Program]:
    """Programs that list what a call gives for each path, in a loop that other tasks may come into."""
    return [
        Program(
            f"{name}_{what.replace('-', '_')}",
            f"found = []\n{_OPENED.replace('WHAT', what)}    for each in r{call}:\n        found.append(repr(each))\n        await asyncio.sleep(0)\nreturn found",
            strategy,
        )
        for what in whats
    ]


_BODIES = ("sized", "chunked", "empty", "compressed")
_PIECES = [
    *_chunks("chunks_4", ".iter_content(4)", *_BODIES),
    *_chunks("chunks_1024", ".iter_content(chunk_size=1024)", *_BODIES),
    *_chunks("chunks_default", ".iter_content()", "sized", "chunked"),
    *_chunks("chunks_none", ".iter_content(chunk_size=None)", *_BODIES),
    *_chunks("chunks_of_the_response", "", "sized", "chunked"),
    *_chunks("lines", ".iter_lines()", "lines", "sized-lines", "events", "ndjson", "empty"),
    *_chunks("lines_one_by_one", ".iter_lines(chunk_size=1)", "lines", "events"),
    *_chunks("lines_of_text", ".iter_lines(decode_unicode=True)", "lines", "sized-lines", "events", "events-utf8", "ndjson", "json"),
    *_chunks("lines_delimited", '.iter_lines(delimiter=b"\\n\\n")', "events", strategy=THREAD),
    *_chunks("text_chunks", ".iter_content(4, decode_unicode=True)", "events", strategy=THREAD),
]  # fmt: skip

_SHAPES = [
    # Where compressed chunks are cut is urllib3's own business.
    Program("compressed_chunks", 'n, most = 0, 0\nwith requests.get(f"{url}/compressed-chunks", stream=True) as r:\n    for chunk in r.iter_content(1024):\n        n += len(chunk)\n        most = max(most, len(chunk))\n        await asyncio.sleep(0)\nreturn [n, most]', NATIVE),
    Program("added_up", 'data, n = b"", 0\nwith requests.get(f"{url}/chunked", stream=True) as r:\n    for chunk in r.iter_content(4):\n        if chunk:\n            data += chunk\n            n += len(chunk)\nreturn [data.decode(), n]', NATIVE),
    Program("joined", 'with requests.get(f"{url}/chunked", stream=True) as r:\n    return b"".join(r.iter_content(4)).decode()', NATIVE),
    Program("all_lines", 'r = requests.get(f"{url}/lines", stream=True)\nreturn [repr(each) for each in list(r.iter_lines())]', NATIVE),
    Program("listed_in_place", 'r = requests.get(f"{url}/events", stream=True)\nreturn [line.decode() for line in r.iter_lines() if line]', NATIVE),
    Program("assigned", 'r = requests.get(f"{url}/events", stream=True)\nfound = []\nfor line in r.iter_lines(decode_unicode=True):\n    if not line:\n        continue\n    found.append(line)\n    await asyncio.sleep(0)\nreturn found', NATIVE),
    Program("encoding_set", 'r = requests.get(f"{url}/events", stream=True)\nr.encoding = "utf-8"\nfound = []\nfor line in r.iter_lines(decode_unicode=True):\n    found.append(line)\nreturn found', NATIVE),
    Program("posted", 'response = requests.post(\n    f"{url}/events",\n    json={"stream": True},\n    headers={"X-Test": "a"},\n    stream=True,\n)\nresponse.raise_for_status()\nfound = []\nfor line in response.iter_lines():\n    if line.startswith(b"data: [DONE]"):\n        break\n    found.append(line.decode())\nreturn found', NATIVE),
    Program("requested", 'r = requests.request("POST", f"{url}/events", data=b"x", stream=True, timeout=5)\nreturn [r.status_code, r.headers["Content-Type"], len(b"".join(r.iter_content(4)))]', NATIVE),
    Program("closing_around", 'with closing(requests.get(f"{url}/chunked", stream=True)) as r:\n    return [r.ok, b"".join(r.iter_content(4)).decode()]', NATIVE),
    Program("redirected", 'with requests.get(f"{url}/redirect", stream=True) as r:\n    return [r.url.split("/")[-1], [x.status_code for x in []], sum([len(c) for c in r.iter_content(4)])]', NATIVE),
    Program("not_followed", 'with requests.get(f"{url}/redirect", stream=True, allow_redirects=False) as r:\n    return [r.status_code, r.content.decode()]', NATIVE),
    Program("generated", 'async def pieces():\n    with requests.get(f"{url}/chunked", stream=True) as r:\n        for chunk in r.iter_content(4):\n            yield chunk\n\nreturn [each.decode() async for each in pieces()]', NATIVE),
    Program("two_after_another", 'a = requests.get(f"{url}/chunked", stream=True)\nn = 0\nfor chunk in a.iter_content(4):\n    n += len(chunk)\nb = requests.get(f"{url}/sized", stream=True)\nfor chunk in b.iter_content(4):\n    n += len(chunk)\nreturn n', NATIVE),
    Program("one_in_another", 'n = []\nwith requests.get(f"{url}/chunked", stream=True) as a:\n    for chunk in a.iter_content(4):\n        with requests.get(f"{url}/sized", stream=True) as b:\n            n.append([len(b.content), chunk.decode()])\nreturn n', NATIVE),
    Program("status_only", 'r = requests.get(f"{url}/error", stream=True)\nif r.status_code != 200:\n    return r.json()\nfor chunk in r.iter_content(4):\n    pass', NATIVE),
    Program("error_text", 'r = requests.get(f"{url}/error", stream=True)\nif not r.ok:\n    return f"{r.status_code}: {r.text}"\nfor line in r.iter_lines():\n    return line.decode()', NATIVE),
    Program("read_then_gone_through", 'with requests.get(f"{url}/chunked", stream=True) as r:\n    whole = r.content\n    return [whole.decode(), [each.decode() for each in r.iter_content(4)]]', NATIVE),
    Program("with_else", 'with requests.get(f"{url}/sized", stream=True) as r:\n    for chunk in r.iter_content(10):\n        await asyncio.sleep(0)\n    else:\n        return [chunk.decode(), "else"]', NATIVE),
    Program("in_a_loop", 'n = []\nfor what in ("sized", "chunked", "error"):\n    r = requests.get(f"{url}/{what}", stream=True)\n    if not r.ok:\n        continue\n    for chunk in r.iter_content(8):\n        n.append(chunk.decode())\n        await asyncio.sleep(0)\nreturn n', NATIVE),
    Program("closed_by_hand", 'r = requests.get(f"{url}/events", stream=True)\ntry:\n    for line in r.iter_lines():\n        return line.decode()\nfinally:\n    r.close()', NATIVE),
    Program("returned_from_within", 'with requests.get(f"{url}/events", stream=True) as r:\n    for line in r.iter_lines():\n        if b"2028" in line or line.startswith(b"data"):\n            return line.decode()', NATIVE),
    Program("copied_raw", 'into = io.BytesIO()\nwith requests.get(f"{url}/chunked", stream=True) as r:\n    shutil.copyfileobj(r.raw, into)\nreturn into.getvalue().decode()', BLOCK),
    Program("stepped", 'found = []\nwith requests.get(f"{url}/events", stream=True) as r:\n    for line in r.iter_lines(delimiter=b"\\n\\n"):\n        found.append(line.decode())\n        await asyncio.sleep(0)\n        if len(found) > 1:\n            break\nreturn found', THREAD),
    Program("second_time", 'with requests.get(f"{url}/chunked", stream=True) as r:\n    for chunk in r.iter_content(4):\n        await asyncio.sleep(0)\n    for chunk in r.iter_content(4):\n        return "again"', NATIVE, ("StreamConsumedError", "StreamConsumed")),
]  # fmt: skip

_LIVE = [
    Program("event_by_event", 'found = []\nwith requests.get(f"{url}/feed", stream=True) as r:\n    for line in r.iter_lines():\n        found.append(line.decode())\n        requests.get(f"{url}/ack")\nreturn found', NATIVE),
    Program("chunk_by_chunk", 'found = []\nwith requests.get(f"{url}/feed", stream=True) as r:\n    for chunk in r.iter_content(1024):\n        found.append(chunk.decode())\n        requests.get(f"{url}/ack")\nreturn found', NATIVE),
    Program("text_line_by_line", 'found = []\nr = requests.get(f"{url}/feed", stream=True)\nfor line in r.iter_lines(decode_unicode=True):\n    found.append(line)\n    requests.get(f"{url}/ack")\nreturn found', NATIVE),
    Program("stepped_event_by_event", 'found = []\nwith requests.get(f"{url}/feed", stream=True) as r:\n    for line in r.iter_lines(delimiter=b"\\n"):\n        found.append(line.decode())\n        await asyncio.to_thread(requests.get, f"{url}/ack")\nreturn found', THREAD),
    Program("left_early", 'with requests.get(f"{url}/endless", stream=True) as r:\n    for line in r.iter_lines():\n        break\nreturn requests.get(f"{url}/was-left").content.decode()', NATIVE),
    Program("left_by_return", 'async def first():\n    with requests.get(f"{url}/endless", stream=True) as r:\n        for chunk in r.iter_content(4):\n            return chunk.decode()\n\nreturn [await first(), requests.get(f"{url}/was-left").content.decode()]', NATIVE),
    Program("left_by_generator", 'async def pieces():\n    with requests.get(f"{url}/endless", stream=True) as r:\n        for chunk in r.iter_content(4):\n            yield chunk\n\nfeed = pieces()\nasync for chunk in feed:\n    break\nawait feed.aclose()\nreturn requests.get(f"{url}/was-left").content.decode()', NATIVE),
    Program("closed_early", 'r = requests.get(f"{url}/endless", stream=True)\nfor chunk in r.iter_content(4):\n    r.close()\n    break\nreturn requests.get(f"{url}/was-left").content.decode()', NATIVE),
]  # fmt: skip


def _failing(
    name: str, what: str, kinds: str, *, strategy: str = NATIVE, given: str = ""
) -> Program:
    clauses = "".join(
        f"except {kind}:\n    return [found, {number}]\n"
        for number, kind in enumerate(kinds.split(" / "))
    )
    body = f'found = []\ntry:\n    with requests.get(f"{{url}}/{what}", stream=True{given}) as r:\n        for chunk in r.iter_content(4):\n            found.append(chunk.decode())\n            await asyncio.sleep(0)\n{clauses}return "fine"'
    return Program(name, body, strategy)


_ANY = "requests.RequestException"
_CHUNKED = "requests.exceptions.ChunkedEncodingError"
_FAILURES = [
    *(_failing(f"{what.replace('-', '_')}_handled", what, _ANY) for what in ("cut", "cut-in-chunks", "reset", "undecodable")),
    *(_failing(f"{what.replace('-', '_')}_by_class", what, f"{_CHUNKED} / {_ANY}", strategy=THREAD) for what in ("cut", "reset")),
    _failing("cut_by_both", "cut", f"(requests.ConnectionError, {_CHUNKED})"),
    _failing("reset_by_both", "reset", f"(requests.ConnectionError, {_CHUNKED})"),
    _failing("undecodable_by_class", "undecodable", "requests.exceptions.ContentDecodingError"),
    _failing("stalled_handled", "stalled", _ANY, given=", timeout=0.3"),
    _failing("stalled_by_class", "stalled", f"requests.Timeout / {_ANY}", strategy=THREAD, given=", timeout=0.3"),
    _failing("never_stalled", "sized", f"requests.Timeout / {_ANY}"),
    Program("left_cut", 'with requests.get(f"{url}/cut", stream=True) as r:\n    for chunk in r.iter_content(4):\n        await asyncio.sleep(0)', NATIVE, ("ChunkedEncodingError", "RemoteProtocolError")),
    Program("left_status", 'with requests.get(f"{url}/error", stream=True) as r:\n    r.raise_for_status()\n    for chunk in r.iter_content(4):\n        await asyncio.sleep(0)', NATIVE, ("HTTPError", "HTTPStatusError")),
    Program("status_handled", 'try:\n    r = requests.get(f"{url}/error", stream=True)\n    r.raise_for_status()\n    for chunk in r.iter_content(4):\n        await asyncio.sleep(0)\nexcept requests.HTTPError as error:\n    return error.response.status_code', NATIVE),
]  # fmt: skip

# The async client of a library that has one of its own.
_OWN = 'with httpx.stream("GET", f"{url}/WHAT") as r:\n'
_OF_HTTPX = [
    *(
        Program(
            f"httpx_{name}_{what.replace('-', '_')}",
            f"found = []\n{_OWN.replace('WHAT', what)}    for each in r.{call}:\n        found.append(repr(each))\n        await asyncio.sleep(0)\nreturn found",
            NATIVE,
        )
        for name, call in (("bytes", "iter_bytes()"), ("sized", "iter_bytes(chunk_size=4)"), ("lines", "iter_lines()"), ("text", "iter_text()"), ("raw", "iter_raw()"))
        for what in ("chunked", "sized", "lines", "compressed")
    ),
    Program("httpx_read", 'with httpx.stream("POST", f"{url}/json", json={"a": 1}) as r:\n    body = r.read()\n    r.close()\nreturn [len(body), r.json(), r.status_code, r.headers["content-type"]]', NATIVE),
    Program("httpx_status", 'with httpx.stream("GET", f"{url}/error") as r:\n    if r.is_error:\n        r.read()\n        return r.text\n    for line in r.iter_lines():\n        return line', NATIVE),
    Program("httpx_raised", 'with httpx.stream("GET", f"{url}/error") as r:\n    r.raise_for_status()', NATIVE, ("HTTPStatusError", "HTTPStatusError")),
    Program("httpx_not_read", 'with httpx.stream("GET", f"{url}/json") as r:\n    return r.json()', NATIVE, ("ResponseNotRead", "ResponseNotRead")),
    Program("httpx_cut", 'try:\n    with httpx.stream("GET", f"{url}/cut") as r:\n        for line in r.iter_lines():\n            await asyncio.sleep(0)\nexcept httpx.RemoteProtocolError:\n    return "cut"', NATIVE),
    Program("httpx_live", 'found = []\nwith httpx.stream("GET", f"{url}/feed") as r:\n    for line in r.iter_lines():\n        found.append(line)\n        requests.get(f"{url}/ack")\nreturn found', NATIVE),
    Program("httpx_left", 'with httpx.stream("GET", f"{url}/endless") as r:\n    for line in r.iter_lines():\n        break\nreturn requests.get(f"{url}/was-left").content.decode()', NATIVE),
    Program("httpx_joined", 'with httpx.stream("GET", f"{url}/sized") as r:\n    return [b"".join(r.iter_bytes()).decode(), r.num_bytes_downloaded]', NATIVE),
]  # fmt: skip

STREAMS: tuple[Program, ...] = (
    *_PIECES,
    *_SHAPES,
    *_LIVE,
    *_FAILURES,
    *(_OF_HTTPX if find_spec("httpx") else ()),
)

STREAMS_SOURCE = "\n".join(
    (
        "import asyncio\nimport io\nimport shutil\nfrom contextlib import closing\n",
        "import requests\n",
        *(["import httpx\n"] if find_spec("httpx") else []),
        *(f"\n{program.source}" for program in STREAMS),
    )
)
"""A module that holds all of them."""
