"""How requests of one HTTP library are made with the async client of another: the records of `[[http]]` tables.

Templates leave open how the file calls the modules: `CLIENT` stands for that of the client, `MODULES` for others.
They are characters that no source has, so that text taken from a file is never mistaken for them. In catalogue
files they are written `{client}`, `{json}` and so on. A `HELPER` on either side of a name stands for a function that
the rewritten file is given, and `BUNDLE` for a constant with the path of the certificates. In helpers that are clients,
`MADE` stands for the arguments that make one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awaken.catalogue.client_object import ClientObject

CLIENT = "\ue000"
HELPER = "\ue001"
BUNDLE = "\ue002"
MADE = "\ue003"
MODULES = {"\ue010": "json", "\ue011": "os", "\ue012": "ssl", "\ue013": "certifi"}


@dataclass(frozen=True, slots=True)
class Verb:
    """A function, or a method of a session, that makes a request.

    Attributes:
        parameters: names of its positional parameters; beyond them only keywords are accepted.
        body: whether the client's method of this name takes a body.
        without: defaults that this one does not need (`head` follows no redirects unasked).
        method: the client's method, or empty where it has the same name.
        difference: reason code of what the client does otherwise, or None.
        streams: whether it gives a stream, whatever its arguments are.
    """

    parameters: tuple[str, ...]
    body: bool = True
    without: tuple[str, ...] = ()
    method: str = ""
    difference: str | None = None
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A class whose object may hold the arguments of a request: `urlopen(Request(url, headers=headers))`.

    Attributes:
        name: its qualified name.
        parameters: names of the positional parameters of its constructor.
        taken: what is taken of an object that a variable holds: arguments of the request by name, as templates.
        adding: its method that adds a header.
    """

    name: str
    parameters: tuple[str, ...]
    taken: dict[str, str] = field(default_factory=dict)
    adding: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """What becomes of an argument of a request.

    Attributes:
        name: what the other side calls it.
        check: how its value is looked at for a difference (`plan/http/argument_values.py` has the ways), or empty.
        form: how it is written, where that is more than another name (`plan/http/argument_forms.py`), or empty.
        template: the text around it, or its parts, for forms that have one, or empty.
        helper: the helper that it goes through where its form cannot be seen, or empty.
        context: what makes the SSL context where it is given, as a template for its value, or empty.
        only: the one value that it may have, as source text, with which it is left out; or empty.
    """

    name: str
    check: str = ""
    form: str = ""
    context: str = ""
    template: str = ""
    helper: str = ""
    only: str = ""


@dataclass(frozen=True, slots=True)
class Spelled:
    """An argument that must be spelled out, for the other side to do what this one does unasked.

    Attributes:
        name: of the argument.
        text: its value, as a template.
        unless: the sync arguments that say it otherwise.
    """

    name: str
    text: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """What becomes of an attribute or method of a response.

    Attributes:
        name: what the other side calls it.
        template: the text around it (`str({})`), or empty; around the response itself where it is `awaited`.
        form: how it is looked at or written, where that is more (`plan/http/members.py` has the ways), or empty.
        difference: reason code of what is not the same, or None.
        several: items, in lower case, of which there may be more than one, where the client gives but one.
        through: the helper that the response goes through first, or empty.
    """

    name: str
    template: str = ""
    form: str = ""
    difference: str | None = None
    through: str = ""
    several: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opening:
    """How the client is made, for one statement.

    Attributes:
        name: of its class.
        variable: what holds it, unless the coroutine has that name already.
        certificates: the argument that takes the SSL context.
        helper: the helper that makes it instead, or empty.
        read: an expression that reads the body of a response, as a template, where the client leaves that open;
            what a response has must be awaited then, and nobody but the coroutine can be given it.
    """

    name: str
    variable: str
    certificates: str
    helper: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Streamed:
    """What becomes of an attribute or method of a response whose body is read later.

    Attributes:
        name: what the other side calls it.
        form: what it does (`plan/streams/stream_uses.py` has the ways).
        through: the helper that gives the same items, or empty.
        text_through: the same where they are decoded.
        arguments: what is taken for an argument that is not given.
    """

    name: str
    form: str
    through: str = ""
    text_through: str = ""
    arguments: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that a rewritten file is given, where the client has no equal for something.

    Attributes:
        name: what it is called, unless the file has that name already.
        text: its source.
        uses: qualified names that the text mentions, written out; the client's module is `CLIENT`.
    """

    name: str
    text: str
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caught:
    """What the client raises where an exception of the sync library was raised.

    Attributes:
        names: its classes, as templates; none where no handler there catches the same.
        decoding: those that decoding a response raises besides.
        widest: whether it is the base of all the others.
        response: whether its `response` is there on both sides.
        within: bare names of classes of the sync library that are its bases, where `names` is empty.
        besides: other exceptions of the library, by their bare names, whose classes of the client are caught here, too.
    """

    names: tuple[str, ...]
    decoding: tuple[str, ...] = ()
    widest: bool = False
    response: bool = False
    within: tuple[str, ...] = ()
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sharing:
    """How one client makes several requests that know nothing of each other.

    Attributes:
        between: a statement that makes the client forget a request before the next, as a template: `{}` is the client.
        client: arguments of such a client besides; each value is made once for the module.
        request: arguments of a request that take the place of those of the client, by name, each with its default.
        lasting: the helper that is a class of clients for requests at the same time; its class method `current`
            gives the one of the running loop. Empty where there is none.
        timeout: a time limit without one for the wait for a connection, as a template; empty where it needs none.
        alone: the helper that is a class of clients for one request, which they close behind it, for where no statement
            can stand around a request. Empty where there is none.
    """

    between: str
    client: tuple[Spelled, ...] = ()
    request: dict[str, str] = field(default_factory=dict)
    lasting: str = ""
    timeout: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """Something that goes wrong while a body is read.

    Attributes:
        before: bare names of the sync library's exceptions whose handlers catch it.
        after: those whose handlers, put in terms of the client, catch what the client raises.
        argument: the argument of the request without which it does not happen, or empty.
    """

    before: frozenset[str]
    after: frozenset[str]
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How requests of one library become those of an async client.

    Attributes:
        targets: the modules of the clients, all with the same names (`httpx`, `httpx2`).
        modules: the modules of the sync library whose functions make requests.
        session: the class whose methods of the same names make requests, or empty.
        object: what becomes of its objects as a whole, or None.
        verbs: functions and methods by name.
        arguments: what becomes of their arguments; no other may be given.
        client_defaults: arguments of the client that make it do what the sync library does unasked.
        call_defaults: the same for a request.
        opening: how the client is made.
        context: what makes the SSL context that the requests of a module share, as a template.
        only_asyncio: whether the client works on no other event loop than asyncio's.
        bundle: what `BUNDLE` stands for in it, as a template: the path of the certificates.
        responses: qualified names of the class of the responses; none where the client's are of the same class.
        response: what the client's module calls that class, as a template.
        error: whether a response is an error, as a template around it; empty where one is always true on both sides.
        members: what becomes of what a response has; nothing else may be used, unless it is of the same class.
        readers: what becomes of functions that are given a response and read it, by qualified name.
        error_members: members of the response in an exception that may be read as they are.
        error_names: other members of it that the exception itself has, and what they are called there.
        types: other classes (of authentication) and what the client's module calls them.
        exceptions: the sync library's exceptions by qualified name; none where the client raises the same.
        bases: classes that those inherit from and the client's do not.
        request_bases: the same for what sending a request raises, but not for what reading its response does.
        gained: the reverse: classes that the client's exceptions inherit from.
        wrapper: what the first argument may be wrapped in, or None.
        raises: whether a status that is no success raises with the request.
        widened: what a handler of one of those needs beside it, to catch what the client raises; for those that can.
        widest: the class of the client that is the base of all in `exceptions` but those in `beside`, or empty.
        beside: see `widest`.
        altered_by: words that stand in a project which changes what the sync library does, for all of its process.
        streamed: what becomes of members of a response whose body is read later, where it is something else.
        reading: what goes wrong while a body is read.
        codes: what the sync library calls the statuses, by qualified name.
        helpers: functions for what the client has no equal for, by the names that templates have for them.
        sharing: how one client makes several of them, or None where each needs its own.
    """

    targets: tuple[str, ...]
    modules: tuple[str, ...]
    session: str
    verbs: dict[str, Verb]
    arguments: dict[str, Argument]
    client_defaults: tuple[Spelled, ...]
    call_defaults: tuple[Spelled, ...]
    opening: Opening
    context: str
    responses: tuple[str, ...]
    response: str
    error: str
    members: dict[str, Member]
    only_asyncio: bool = False
    bundle: str = ""
    error_members: frozenset[str] = frozenset()
    error_names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    exceptions: dict[str, Caught] = field(default_factory=dict)
    bases: frozenset[str] = frozenset()
    request_bases: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()
    readers: dict[str, Member] = field(default_factory=dict)
    wrapper: Wrapper | None = None
    raises: bool = False
    widened: dict[str, Caught] = field(default_factory=dict)
    widest: str = ""
    beside: frozenset[str] = frozenset()
    object: ClientObject | None = None
    altered_by: tuple[str, ...] = ()
    streamed: dict[str, Streamed] = field(default_factory=dict)
    reading: tuple[ReadingFailure, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)
    helpers: dict[str, Helper] = field(default_factory=dict)
    sharing: Sharing | None = None

    def verb(self, call: str) -> Verb | None:
        """The function of a qualified name, if it makes a request."""
        module, _, name = call.rpartition(".")
        return self.verbs.get(name) if module in self.modules else None

    def client(self, wanted: str) -> str:
        """The module of the client: the library itself where it has one, or the one that is wanted.

        Args:
            wanted: the module of a client.

        Returns:
            Empty where nothing is known of how requests are made with it.
        """
        return self.own or (wanted if wanted in self.targets else "")

    @property
    def own(self) -> str:
        """The module of the client, where the sync library has one of its own."""
        return next((each for each in self.targets if each in self.modules), "")
