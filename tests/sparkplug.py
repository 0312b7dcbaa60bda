"""Payloads of Sparkplug B: some written by another program, and a small writer for fresh ones."""

import struct

# Written by Google's protobuf 7.36.2 from the sparkplug_b.proto of eclipse-tahu (as pysparkplug
# 0.6.1 carries it): T is 2025-11-27T00:00:00Z, bdSeq 7; aliases 1 (Load), 10 (Meter/Energy, UInt64)
# and 11 (Meter/Power, Int32) are told at the births.
T = 1764201600000
WRITTEN = {
    "nbirth": (
        "0880a8f094ac3312120a0562645365711880a8f094ac332004580712210a144e6f646520436f6e74"
        "726f6c2f526562697274681880a8f094ac33200b7000121a0a044c6f616410011880a8f094ac3320"
        "0a6900000000000029401800"
    ),
    "dbirth": (
        "08e8aff094ac3312220a0c4d657465722f456e65726779100a18e8aff094ac332008588080808080"
        "808010121e0a0b4d657465722f506f776572100b18e8aff094ac33200350fbffffff0f12180a0653"
        "657269616c100c18e8aff094ac33200c7a03412d311801"
    ),
    "ddata": (
        "08d0b7f094ac331212100a18dcb3f094ac335882808080808080101221100b18d0b7f094ac334a10"
        "0a075175616c6974791205080318f4035090ddfbff0f1802"
    ),
    "ndata": (
        "08b8bff094ac331214100118b8bff094ac33280169000000000000d0bf12140a0454656d7018b8bf"
        "f094ac332009650000ac4112150a0848756d696469747918b8bff094ac33200938011803"
    ),
    "ndeath": ("08a0c7f094ac3312120a0562645365711880a8f094ac3320045807"),
    "int8": ("120b0a017820015080ffffff0f1800"),
    "int16": ("120b0a0178200250feffffff0f1800"),
    "uint32": ("120b0a0178200750ffffffff0f1800"),
    "int64": ("12100a0178200458f7ffffffffffffffff011800"),
    "nan": ("120e0a0178200a69000000000000f87f18ff01"),
}


def vector(name):
    return bytes.fromhex(WRITTEN[name])


def varint(value):
    value &= 2**64 - 1
    found = bytearray()
    while True:
        found.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(found)


def whole(number, value):
    return varint(number << 3) + varint(value)


def part(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def metric(name="", alias=None, value=None, at=None, datatype=None, **more):
    """Return a metric; a float is a double, a whole number a long."""
    found = part(1, name.encode()) if name else b""
    found += b"" if alias is None else whole(2, alias)
    found += b"" if at is None else whole(3, at)
    found += b"" if datatype is None else whole(4, datatype)
    found += whole(5, 1) if more.get("historical") else b""
    if isinstance(value, float):
        return found + varint(13 << 3 | 1) + struct.pack("<d", value)
    return found if value is None else found + whole(11, value)


def payload(seq, *metrics, at=None):
    found = b"" if at is None else whole(1, at)
    found += b"".join(part(2, each) for each in metrics)
    return found if seq is None else found + whole(3, seq)
