"""Frames of HJ 212: the vectors are those of the standard and of a public implementation."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.collection.hj212 import (
    MOST_OPEN,
    Broken,
    Frames,
    Packets,
    crc,
    frame,
    parse_segment,
)
from services.collection.refusals import Reason, RefusedError

# HJ 212-2017, annex A: the example of a packet with its check sum.
SEGMENT = (
    "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;"
    "Flag=5;CP=&&RtdInterval=30&&"
)
PACKET = f"##0101{SEGMENT}1C80\r\n".encode()
# A packet of 2005 from the tests of a public implementation (T212 of glink).
OLD_SEGMENT = (
    "ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;060-Rtd=3.0943,"
    "060-Flag=N;011-Rtd=18.0412,011-Flag=N;001-Rtd=8.2137,001-Flag=N;B01-Rtd=10.9890,B01-Flag=N&&"
)
OLD_PACKET = f"##0178{OLD_SEGMENT}a9c1\r\n".encode()


def all_of(data):
    return list(Frames().feed(data))


def reason_of(segment):
    with pytest.raises(RefusedError) as refused:
        parse_segment(segment.encode() if isinstance(segment, str) else segment)
    return refused.value.reason, refused.value.where


def test_the_check_sum_is_that_of_the_standard_and_not_of_modbus():
    assert f"{crc(SEGMENT.encode()):04X}" == "1C80"
    assert frame(SEGMENT) == PACKET
    modbus = PACKET.replace(b"1C80", b"0759")
    (found,) = all_of(modbus)
    assert (found.reason, found.raw) == (Reason.CRC, modbus)


def test_the_packet_of_the_standard_is_read():
    (data,) = all_of(PACKET)
    segment = parse_segment(data)
    assert (segment.edition, segment.command, segment.station) == (
        "2017",
        "1062",
        "010000A8900016F000169DC0",
    )
    assert (segment.asks_answer, segment.packets, segment.area) == (True, 1, "RtdInterval=30")


def test_a_packet_of_2005_has_neither_request_code_nor_flag():
    (data,) = all_of(OLD_PACKET)
    segment = parse_segment(data)
    assert (segment.edition, segment.request, segment.asks_answer) == ("2005", "", False)


@pytest.mark.parametrize(
    ("flag", "edition", "asks"),
    [(0, "2005", False), (1, "2005", True), (4, "2017", False), (9, "2025", True)],
)
def test_the_edition_stands_in_the_bits_of_the_flag(flag, edition, asks):
    segment = parse_segment(SEGMENT.replace("Flag=5", f"Flag={flag}").encode())
    assert (segment.edition, segment.asks_answer) == (edition, asks)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("Flag=5", "Flag=12"), "Flag=12"),
        (("Flag=5", "Flag=999"), "Flag=999"),
        (("Flag=5", "Flag=-1"), "Flag=-1"),
        (("MN=010000A8900016F000169DC0;", ""), "MN"),
        (("PW=100000", "PW=100000;PW=1"), "PW=1"),
        (("ST=32", "XX=32"), "XX=32"),
        (("QN=2016", "QN=201"), "QN=2010801085857223"),
        (("&&RtdInterval=30&&", "&&a&&b&&"), "CP"),
        (("&&RtdInterval=30&&", "&&RtdInterval=30"), "CP"),
        (("RtdInterval", "RtdIntervalé"), "byte"),
        (("Flag=5", "Flag=7;PNUM=2;PNO=3"), "PNUM=2;PNO=3"),
        (("Flag=5", "Flag=7"), "PNUM=0;PNO=0"),
    ],
)
def test_a_segment_that_is_not_that_of_the_standard_is_refused_with_its_place(change, where):
    reason, told = reason_of(SEGMENT.replace(*change))
    assert reason is Reason.SEGMENT
    assert told.startswith(where)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"garbage", Reason.FRAME),
        (b"##01x1", Reason.FRAME),
        (PACKET.replace(b"##0101", b"##0099"), Reason.FRAME),
        (PACKET[:-2] + b"xx", Reason.FRAME),
        (PACKET.replace(b"30&&", b"31&&"), Reason.CRC),
    ],
)
def test_what_is_no_frame_is_given_back_whole_and_the_next_frame_is_read(bad, reason):
    found = all_of(bad + PACKET)
    broken = [one for one in found if isinstance(one, Broken)]
    assert broken[0].reason is reason
    assert b"".join(one.raw for one in broken) == bad
    assert found[-1] == SEGMENT.encode()


@given(some.lists(some.integers(1, 40), max_size=40))
def test_frames_come_whole_however_the_line_cuts_them(sizes):
    stream, frames, found = PACKET + OLD_PACKET + PACKET, Frames(), []
    for size in [*sizes, len(stream)]:
        found += frames.feed(stream[:size])
        stream = stream[size:]
    assert found == [SEGMENT.encode(), OLD_SEGMENT.encode(), SEGMENT.encode()]


@given(some.binary(max_size=400))
def test_no_byte_disappears(noise):
    frames = Frames()
    found = list(frames.feed(noise))
    kept = b"".join(one.raw for one in found if isinstance(one, Broken))
    whole = [frame(one.decode("ascii")) for one in found if isinstance(one, bytes)]
    assert len(kept) + len(b"".join(whole)) + len(frames._waiting) == len(noise)


def packet(number, of=2, area="a", password="100000"):
    head = SEGMENT.replace("Flag=5", f"Flag=7;PNUM={of};PNO={number}").replace("100000", password)
    return parse_segment(head.replace("RtdInterval=30", area).encode())


def test_packets_are_put_together_in_their_order():
    packets = Packets()
    assert packets.add(packet(2, area="second=2")) is None
    assert packets.add(packet(2, area="second=2")) is None
    whole = packets.add(packet(1, area="first=1"))
    assert (whole.area, whole.packets) == ("first=1;second=2", 1)
    assert packets.add(packet(1)) is None


def test_a_packet_that_does_not_fit_the_others_is_refused():
    for odd in (packet(2, of=3), packet(2, password="200000")):
        packets = Packets()
        packets.add(packet(1))
        with pytest.raises(RefusedError) as refused:
            packets.add(odd)
        assert refused.value.reason is Reason.PACKETS


def test_packets_that_never_end_are_given_up():
    packets, first = Packets(), packet(1)
    for number in range(MOST_OPEN):
        assert packets.add(replace(first, station=f"MN{number}")) is None
    with pytest.raises(RefusedError, match="too many open"):
        packets.add(first)
