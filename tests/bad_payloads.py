"""Malformed messages of devices and stations, made anew from a seed; none of them may be stored."""

import random
from dataclasses import dataclass
from datetime import timedelta

import cbor2

from services import clock
from services.clock import SHANGHAI
from services.collection.hj212 import crc, frame
from services.collection.payloads import Encoding, seal
from services.collection.signatures import seal_cbor, seal_json

ODD = (None, True, "1", "", [], {}, -1, 1.5, 2**60, "x" * 300, "\u202e", "\x00", "²", "½")
LONG = "x" * 65_536


@dataclass(frozen=True)
class Bad:
    """What is wrong, and the bytes; of a message by MQTT with its topic."""

    kind: str
    payload: bytes
    topic: str = ""


class Messages:
    """Malformed messages by MQTT; most are signed with the right key, so that they get deep."""

    def __init__(self, meter, seed):
        self.meter, self.random = meter, random.Random(seed)
        self.key = meter.device.key.secret
        self.kinds = [name for name in dir(self) if name.startswith("bad_")]

    def make(self, count):
        """Return so many, each kind in its turn."""
        return [self.one(self.kinds[n % len(self.kinds)], n) for n in range(count)]

    def one(self, kind, number):
        made = getattr(self, kind)(number)
        topic, payload = made if isinstance(made, tuple) else (self.meter.topic, made)
        return Bad(kind.removeprefix("bad_"), payload, topic)

    def members(self, number, **changes):
        return self.meter.members(1_000_000 + number, **changes)

    def signed(self, text):
        return seal_json(text if isinstance(text, bytes) else text.encode("utf-8"), self.key)

    def text(self, number, **changes):
        """Return the JSON of a good message, not signed yet."""
        sealed = seal(self.members(number, **changes), self.key).decode()
        return sealed.rpartition(',"mac":"')[0] + "}"

    def bad_cut_json(self, number):
        whole = seal(self.members(number), self.key)
        return whole[: self.random.randrange(len(whole))]

    def bad_cut_cbor(self, number):
        whole = seal(self.members(number), self.key, Encoding.CBOR)
        return whole[: self.random.randrange(len(whole))]

    def bad_cut_and_signed(self, number):
        whole = cbor2.dumps(self.members(number))
        return seal_cbor(whole[: self.random.randrange(1, len(whole))], self.key)

    def bad_no_number(self, number):
        value = self.random.choice(
            ("NaN", "Infinity", "-Infinity", "1e400", "-1e999", "9" * 19, "1" * 5000, "0x10", "01")
        )
        return self.signed(self.text(number, vals={"P": 77}).replace(":77}", f":{value}}}"))

    def bad_no_number_cbor(self, number):
        value = self.random.choice((float("nan"), float("inf"), 2**64, -(2**64), 10**18, None))
        return seal(self.members(number, vals={"P": value}), self.key, Encoding.CBOR)

    def bad_deep(self, number):
        depth = self.random.choice((10, 900, 1_500, 5_000))
        left, right = self.random.choice((("[", "]"), ('{"a":', "}")))
        nested = left * depth + "1" + right * depth
        return self.signed(self.text(number, vals={"P": 77}).replace('{"P":77}', nested))

    def bad_deep_cbor(self, number):
        depth = self.random.choice((9, 100, 5_000))
        return seal_cbor(b"\xa1\x61v" + b"\x81" * depth + b"\x01", self.key)

    def bad_long(self, number):
        name = self.random.choice(("gw", "dev", "boot", "kid"))
        return seal(self.members(number, **{name: LONG}), self.key)

    def bad_not_utf8(self, number):
        noise = bytes([self.random.choice((0x80, 0xC0, 0xFE, 0xFF))])
        return self.signed(self.text(number).encode().replace(b"METER", b"ME" + noise))

    def bad_member(self, number):
        members = self.members(number)
        name = self.random.choice([n for n in members if n != "hist"])
        value = self.random.choice([odd for odd in ODD if odd != members[name]])
        if name in ("tq", "q", "seq", "ts") and type(value) is int and value >= 0:
            value = -value - 1
        return seal(members | {name: value}, self.key, self.random.choice(list(Encoding)))

    def bad_names(self, number):
        members = self.members(number)
        if self.random.random() < 0.5:
            del members[self.random.choice(list(members))]
        else:
            members[self.random.choice(("V", "mac", "vals ", "", "readings", "x" * 200))] = 1
        return seal(members, self.key, self.random.choice(list(Encoding)))

    def bad_twice(self, number):
        return self.signed(self.text(number).replace('"seq":', '"seq":1,"seq":', 1))

    def bad_tag(self, number):
        tag = self.random.choice((0, 1, 2, 25, 28, 29, 35, 36, 37, 256, 258, 30, 5, 55_799, 9_999))
        value = cbor2.CBORTag(tag, self.random.choice((1, "(", b"\x00", [1, 2])))
        return seal(self.members(number, vals={"P": value}), self.key, Encoding.CBOR)

    def bad_endless_cbor(self, number):
        whole = cbor2.dumps(self.members(number))
        return seal_cbor(b"\xbf" + whole[1:] + b"\xff", self.key)

    def bad_batch(self, number):
        sample = {"ts": 1, "tq": 2, "q": 0, "vals": {"P": 1.0}}
        batch = self.random.choice(
            ([], [1], [sample | {"x": 1}], [sample | {"vals": {}}], {}, [[sample]], "readings")
        )
        members = self.members(number)
        for name in sample:
            del members[name]
        return seal(members | {"readings": batch}, self.key, self.random.choice(list(Encoding)))

    def bad_noise(self, number):
        return self.random.randbytes(self.random.randrange(400))

    def bad_noise_signed(self, number):
        return seal_cbor(b"\xa1" + self.random.randbytes(self.random.randrange(200)), self.key)

    def bad_bit(self, number):
        whole = bytearray(seal(self.members(number), self.key, self.random.choice(list(Encoding))))
        whole[self.random.randrange(len(whole))] ^= 1 << self.random.randrange(8)
        return bytes(whole)

    def bad_sender(self, number):
        change = self.random.choice(({"gw": "GW-9"}, {"dev": "METER-9"}, {"kid": "k9"}))
        return seal(self.members(number, **change), self.key)

    def bad_key(self, number):
        return seal(self.members(number), self.random.randbytes(32))

    def bad_point(self, number):
        return seal(self.members(number, vals={"X": 1.0, "P": 2.0}), self.key)

    def bad_time(self, number):
        days = self.random.choice((1, 400, -8, -4_000))
        return seal(self.members(number, taken_at=clock.now() + timedelta(days=days)), self.key)

    def bad_topic(self, number):
        tenant = str(self.meter.device.tenant)
        topic = self.random.choice(
            (
                "",
                "c/x/GW-1/up/main",
                f"c/{tenant.upper()}/GW-1/up/main",
                f"c/{tenant}/GW-1/up/main/more",
                f"c/{tenant}/GW-1/up/",
                f"c/{tenant}/GW 1/up/main",
                f"c/{tenant}/GW-1/up/{'x' * 65}",
                "c/00000000-0000-4000-8000-000000000000/GW-1/up/main",
                "\ud800",
            )
        )
        return topic, seal(self.members(number), self.key)


class Frames212:
    """Malformed frames of HJ 212 from a station whose password is right in most."""

    def __init__(self, station, seed):
        self.station, self.random = station, random.Random(seed)
        self.kinds = [name for name in dir(self) if name.startswith("bad_")]

    def make(self, count):
        """Return so many, each kind in its turn."""
        kinds = (self.kinds[n % len(self.kinds)] for n in range(count))
        return [Bad(f"hj212_{kind.removeprefix('bad_')}", getattr(self, kind)()) for kind in kinds]

    def segment(self, area=None, **changes):
        when = clock.now().astimezone(SHANGHAI) - timedelta(seconds=self.random.randrange(9_999))
        usual = {"QN": f"{when:%Y%m%d%H%M%S}000", "ST": "31", "CN": "2011"}
        usual |= {"PW": self.station.password, "MN": self.station.number, "Flag": "5"}
        head = ";".join(f"{n}={v}" for n, v in (usual | changes).items() if v is not None)
        if area is None:
            area = f"DataTime={when:%Y%m%d%H%M%S};a05001-Rtd=95.5,a05001-Flag=N"
        return f"{head};CP=&&{area}&&"

    def bytes_of(self, data):
        return b"##%04d" % (len(data) % 10_000) + data + f"{crc(data):04X}".encode() + b"\r\n"

    def bad_length(self):
        whole = bytearray(frame(self.segment()))
        whole[2:6] = f"{self.random.choice((0, 1, 9_999, len(whole), 12)):04d}".encode()
        return bytes(whole)

    def bad_crc(self):
        whole = bytearray(frame(self.segment()))
        whole[-6:-2] = self.random.choice((b"0000", b"zzzz", b"    ", bytes(4)))
        return bytes(whole)

    def bad_byte(self):
        whole = bytearray(frame(self.segment()))
        whole[self.random.randrange(6, len(whole) - 6)] ^= 1 << self.random.randrange(8)
        return bytes(whole)

    def bad_nested(self):
        area = self.random.choice(("&&&&", "a&&b", "CP=&&x&&", "DataTime=1&&;CP=&&x"))
        return frame(self.segment(area))

    def bad_end(self):
        return frame(self.segment())[:-2] + self.random.choice((b"\n\r", b"##", b"xx"))

    def bad_cut(self):
        whole = frame(self.segment())
        return whole[: self.random.randrange(1, len(whole))]

    def bad_noise(self):
        return self.random.randbytes(self.random.randrange(1, 300)) + frame(self.segment(""))

    def bad_parts(self):
        name = self.random.choice(("QN", "ST", "CN", "PW", "MN", "Flag"))
        odd = self.random.choice(("", "x" * 500, "-1", "=", " ", "12;34", "²"))
        return self.bytes_of(self.segment(**{name: odd}).encode())

    def bad_missing(self):
        return frame(self.segment(**{self.random.choice(("CN", "PW", "MN")): None}))

    def bad_flag(self):
        return frame(self.segment(Flag=self.random.choice(("12", "60", "252", "256", "999"))))

    def bad_packets(self):
        return frame(self.segment(Flag="7", PNUM=self.random.choice(("0", "1", "9999")), PNO="3"))

    def bad_time(self):
        when = self.random.choice(("", "2026", "20261399000000", "x" * 14, "99991231235959"))
        return frame(self.segment(f"DataTime={when};a05001-Rtd=1"))

    def bad_no_time(self):
        return frame(self.segment("a05001-Rtd=1"))

    def bad_value(self):
        value = self.random.choice(("NaN", "1e400", "", "--1", "1.2.3", "9" * 40, "0x1", "１"))
        area = self.segment().partition("CP=&&")[2][:-2].replace("95.5", value)
        return self.bytes_of(self.segment(area).encode())

    def bad_twice(self):
        area = self.segment().partition("CP=&&")[2][:-2]
        return frame(self.segment(f"{area};a05001-Rtd=2"))

    def bad_command(self):
        return frame(self.segment(CN=self.random.choice(("1011", "3020", "9999", "2071"))))

    def bad_encrypted(self):
        return frame(self.segment(self.random.randbytes(32).hex(), Flag="9"))

    def bad_point(self):
        area = self.segment().partition("CP=&&")[2][:-2].replace("a05001", "a21026")
        return frame(self.segment(area))

    def bad_password(self):
        return frame(self.segment(PW=self.random.choice(("000000", "x", "!" * 32))))

    def bad_station(self):
        return frame(self.segment(MN=self.random.choice(("0", "M" * 24))))

    def bad_gbk(self):
        area = self.segment().partition("CP=&&")[2][:-2]
        return self.bytes_of(self.segment(f"{area},i=二氧化碳").encode("gbk"))

    def bad_long(self):
        return frame(self.segment("a" * 9_000))
