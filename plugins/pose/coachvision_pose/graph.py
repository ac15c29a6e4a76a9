"""Leaves out of a TFLite network the branch whose outputs nobody reads. For `network`.

The landmark network also computes a 256 x 256 segmentation mask, a quarter of its work, which no analyzer uses. What
is kept computes exactly what it did. Layout: TFLite schema version 3 (model > subgraphs > operators) in FlatBuffers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SUBGRAPHS = 2  # field of Model
_OUTPUTS, _OPERATORS = 2, 3  # fields of SubGraph
_OP_INPUTS, _OP_OUTPUTS = 1, 2  # fields of Operator


def keep_outputs(model: bytes, wanted: Sequence[int]) -> bytes:
    """The same network with only the outputs of those ranks, and only the operators they depend on.

    Raises ValueError where a rank does not exist.
    """
    data = bytearray(model)
    subgraphs, count = _vector(data, _u32(data, 0), _SUBGRAPHS)
    if count != 1:
        raise ValueError(f"a network of one graph is expected, not of {count}")
    graph = subgraphs + _u32(data, subgraphs)
    outputs = _integers(data, graph, _OUTPUTS)
    if not all(0 <= rank < len(outputs) for rank in wanted):
        raise ValueError(f"outputs {list(wanted)} of a network that has {len(outputs)}")
    kept = [outputs[rank] for rank in wanted]

    start, count = _vector(data, graph, _OPERATORS)
    slots = [start + 4 * i for i in range(count)]
    operators = [slot + _u32(data, slot) for slot in slots]
    needed = set(kept)
    live = []
    for operator in reversed(operators):
        if needed.intersection(_integers(data, operator, _OP_OUTPUTS)):
            live.append(operator)
            needed.update(_integers(data, operator, _OP_INPUTS))
    # Offsets are relative to their own slot, so a table that moves to an earlier slot gets a new one.
    for slot, operator in zip(slots, reversed(live), strict=False):
        struct.pack_into("<I", data, slot, operator - slot)
    struct.pack_into("<I", data, start - 4, len(live))

    start, _ = _vector(data, graph, _OUTPUTS)
    struct.pack_into(f"<{len(kept)}i", data, start, *kept)
    struct.pack_into("<I", data, start - 4, len(kept))
    return bytes(data)


def _u32(data: bytearray, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _vector(data: bytearray, table: int, field: int) -> tuple[int, int]:
    """Position of the first element and number of elements; (0, 0) for an absent field."""
    vtable = table - int(struct.unpack_from("<i", data, table)[0])
    size = int(struct.unpack_from("<H", data, vtable)[0])
    entry = 4 + 2 * field
    offset = int(struct.unpack_from("<H", data, vtable + entry)[0]) if entry < size else 0
    if not offset:
        return 0, 0
    vector = table + offset + _u32(data, table + offset)
    return vector + 4, _u32(data, vector)


def _integers(data: bytearray, table: int, field: int) -> list[int]:
    start, count = _vector(data, table, field)
    return list(struct.unpack_from(f"<{count}i", data, start))
