"""One function for each kind of recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awaken.plan.recipes import (
    ApplyAsync,
    AskAsync,
    AsyncFile,
    AwaitCall,
    AwaitCoroutines,
    AwaitMember,
    CallDirectly,
    ChooseAsync,
    ClientRequest,
    CollectAsync,
    Demote,
    EnterClient,
    FetchAnew,
    FetchFirst,
    GatherAwaits,
    HandOver,
    HeldHandle,
    HopAttribute,
    HopBlock,
    HopCall,
    HopExpression,
    IterateAsync,
    JoinRelated,
    LeaveInThread,
    NativeCall,
    NativeRequest,
    PutRight,
    ReadChunks,
    ReadItems,
    ReadLines,
    Recipe,
    RemoveCall,
    RenameCall,
    SharedClient,
    SliceAsync,
    StreamRequest,
    StreamRows,
    SwapCall,
    SwapClient,
    SwapObject,
    single_recipes,
)
from awaken.rewrite.async_file import async_file
from awaken.rewrite.block import hop_block
from awaken.rewrite.calls import (
    await_member,
    hop_call,
    hop_expression,
    remove_call,
    rename_call,
    swap_call,
)
from awaken.rewrite.client_object import client_request, swap_client
from awaken.rewrite.clients import enter_client
from awaken.rewrite.coroutines import await_coroutines
from awaken.rewrite.demotion import demote
from awaken.rewrite.evaluation import apply_async, ask_async, choose_async, slice_async
from awaken.rewrite.fetching import fetch_anew, fetch_first
from awaken.rewrite.held_handle import held_handle, read_chunks, read_items, read_lines
from awaken.rewrite.iteration import collect_async, iterate_async, stream_rows
from awaken.rewrite.leaving import leave_in_thread
from awaken.rewrite.misuse import await_call, call_directly, gather_awaits, hand_over, put_right
from awaken.rewrite.native_call import native_call
from awaken.rewrite.objects import swap_object
from awaken.rewrite.relations import hop_attribute, join_related
from awaken.rewrite.request import native_request
from awaken.rewrite.shared_client import shared_client
from awaken.rewrite.stream import stream_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from awaken.rewrite.edit import Edit
    from awaken.rewrite.workspace import Workspace

_WRITERS: dict[type, Callable[[Workspace, Any], list[Edit]]] = {
    SwapCall: swap_call,
    NativeCall: native_call,
    EnterClient: enter_client,
    HopCall: hop_call,
    HopExpression: hop_expression,
    HopBlock: hop_block,
    ReadLines: read_lines,
    ReadChunks: read_chunks,
    ReadItems: read_items,
    HeldHandle: held_handle,
    AsyncFile: async_file,
    AwaitMember: await_member,
    LeaveInThread: leave_in_thread,
    SwapObject: swap_object,
    IterateAsync: iterate_async,
    CollectAsync: collect_async,
    StreamRows: stream_rows,
    ApplyAsync: apply_async,
    HopAttribute: hop_attribute,
    JoinRelated: join_related,
    FetchFirst: fetch_first,
    FetchAnew: fetch_anew,
    AskAsync: ask_async,
    SliceAsync: slice_async,
    ChooseAsync: choose_async,
    NativeRequest: native_request,
    ClientRequest: client_request,
    SwapClient: swap_client,
    SharedClient: shared_client,
    StreamRequest: stream_request,
    AwaitCoroutines: await_coroutines,
    RenameCall: rename_call,
    RemoveCall: remove_call,
    HandOver: hand_over,
    AwaitCall: await_call,
    CallDirectly: call_directly,
    PutRight: put_right,
    GatherAwaits: gather_awaits,
    Demote: demote,
}


def edits_for(space: Workspace, recipe: Recipe) -> list[Edit]:
    """The edits that carry out one recipe; imports it needs are noted in `space.names`."""
    # Requests that share a client are written with it: their lines move.
    parts = (recipe,) if isinstance(recipe, SharedClient) else single_recipes(recipe)
    return [edit for each in parts for edit in _WRITERS[type(each)](space, each)]
