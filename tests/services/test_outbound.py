"""Calls to other systems: which addresses are refused, and what ends a call."""

import ipaddress
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outbound import (
    Limits,
    OpenLineError,
    Outbound,
    OutboundError,
    RefusedAddressError,
    TooLargeError,
    TooSlowError,
    UnusableUrlError,
    is_outside,
    networks_in,
)
from services.settings import SettingError, Settings
from tests.other_system import LOOPBACK, other_system, send, tls_pair
from tests.services.test_refusals import WHOLE

NAME = "carbon.example.cn"
HERE = networks_in("127.0.0.0/8")
QUICK = Limits(connect_seconds=2, seconds=5, most_bytes=1_000)


def at(address):
    """Return how a name resolves to one address, whatever the name."""
    return lambda host, port: [address]


def inside(**given):
    return Outbound(networks=HERE, resolve=at(LOOPBACK), **given)


# RFC 1122, 1918, 3927, 4193, 4291, 5735, 6598, and what wraps an IPv4 address (RFC 3056, 6052).
INNER = [
    *("0.0.0.0", "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1"),
    *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1"),
]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused_with_its_name_and_number(address):
    with pytest.raises(RefusedAddressError) as raised:
        Outbound(resolve=at(address)).check(f"https://{NAME}/rows")
    assert (raised.value.where, raised.value.values["address"]) == (
        NAME,
        str(ipaddress.ip_address(address)),
    )


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101", "2002:101:101::"]
)
def test_a_public_address_is_admitted(address):
    assert Outbound(resolve=at(address)).admitted(NAME, 443) == (
        str(ipaddress.ip_address(address)),
    )


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_into_ipv6_admits_nothing_more(address):
    number = int(address)
    for wrapped in ((0xFFFF << 32) | number, (0x64FF9B << 96) | number):
        assert is_outside(ipaddress.IPv6Address(wrapped)) <= is_outside(address)
    assert is_outside(ipaddress.IPv6Address((0x2002 << 112) | number << 80)) <= is_outside(address)


def test_a_name_with_one_inner_address_among_public_ones_is_refused():
    with pytest.raises(RefusedAddressError):
        Outbound(resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"]).check(f"https://{NAME}/")


def test_an_admitted_network_admits_its_own_addresses_only():
    admitting = Outbound(networks=networks_in("10.20.0.0/16 fd00::/64"), resolve=at("10.20.3.4"))
    assert admitting.admitted(NAME, 443) == ("10.20.3.4",)
    with pytest.raises(RefusedAddressError):
        Outbound(networks=admitting.networks, resolve=at("10.21.0.1")).admitted(NAME, 443)


def test_without_tls_only_admitted_networks_are_called():
    with pytest.raises(OpenLineError):
        Outbound(resolve=at("1.1.1.1")).check(f"http://{NAME}/")
    inside().check(f"http://{NAME}/")


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://a.cn/", "gopher://a.cn/", "https://", "//a.cn/", "a.cn"),
        *("https://a:b@a.cn/", "https://a.cn:0/", "https://a.cn:99999/", "https://[::1/", ""),
        "https://a.cn/" + "x" * 2_000,
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(UnusableUrlError):
        inside().check(url)


def test_the_connection_goes_to_the_address_that_was_judged_and_names_are_asked_once():
    asked = []

    def changing(host, port):
        asked.append(host)
        return [LOOPBACK] if len(asked) == 1 else ["192.0.2.1"]

    with other_system(lambda request, _: send(request, b"[]")) as system:
        answer = Outbound(networks=HERE, resolve=changing).get(
            system.url("/rows?a=1", NAME), {"Authorization": "Bearer x"}, QUICK
        )
    assert (answer.status, answer.body, asked) == (200, b"[]", [NAME])
    (method, path, headers, _) = system.asked[0]
    assert (method, path, headers["Host"]) == ("GET", "/rows?a=1", f"{NAME}:{system.port}")
    assert headers["Authorization"] == "Bearer x"


def test_the_second_address_of_a_name_is_tried_where_the_first_does_not_answer():
    with other_system(lambda request, _: send(request, b"ok")) as system:
        both = Outbound(networks=HERE, resolve=lambda host, port: ["127.0.0.2", LOOPBACK])
        assert both.get(system.url("/", NAME), {}, QUICK).body == b"ok"


def test_a_body_is_posted_as_it_is():
    with other_system(lambda request, _: send(request, b"", 202)) as system:
        answer = inside().post(system.url(), {"Content-Type": "text/x"}, "碳".encode(), QUICK)
    assert (answer.status, answer.is_good) == (202, True)
    assert (system.asked[0][0], system.asked[0][3]) == ("POST", "碳".encode())


def test_a_redirect_is_an_answer_and_is_not_followed():
    with other_system(lambda r, s: send(r, b"", 302, {"Location": s.url("/inner")})) as system:
        answer = inside().get(system.url(), {}, QUICK)
    assert (answer.status, answer.is_good, len(system.asked)) == (302, False, 1)


def test_tls_is_checked_against_the_name_and_not_the_address(tmp_path):
    server, client = tls_pair(tmp_path, NAME)
    with other_system(lambda request, _: send(request, b"safe"), server) as system:
        assert inside(tls=client).get(system.url("/", NAME), {}, QUICK).body == b"safe"
        with pytest.raises(OutboundError, match=r"other\.example\.cn"):
            inside(tls=client).get(system.url("/", "other.example.cn"), {}, QUICK)
        # Without the authority nobody vouches for it.
        with pytest.raises(OutboundError, match="self-signed"):
            inside().get(system.url("/", NAME), {}, QUICK)


@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_beyond_the_limit_is_refused_and_one_at_it_is_not(whole):
    def answer(request, _):
        if whole:
            return send(request, b"x" * size)
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"x" * size)
        return None

    size = QUICK.most_bytes
    with other_system(answer) as system:
        assert len(inside().get(system.url(), {}, QUICK).body) == size
        size += 1
        with pytest.raises(TooLargeError):
            inside().get(system.url(), {}, QUICK)


@pytest.mark.parametrize("drips", ["body", "headers"])
def test_a_system_that_sends_a_byte_now_and_then_is_cut_at_the_time_in_all(drips):
    def answer(request, _):
        first = b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if drips == "body" else b"X: ")
        request.wfile.write(first)
        while not gone.wait(0.05):
            request.wfile.write(b"x")

    gone = threading.Event()
    with other_system(answer) as system:
        began = time.monotonic()
        with pytest.raises(TooSlowError):
            inside().get(system.url(), {}, Limits(seconds=0.4))
        assert time.monotonic() - began < 3
        gone.set()


def test_an_answer_that_ends_before_its_promised_length_is_no_answer():
    def answer(request, _):
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")

    with other_system(answer) as system, pytest.raises(OutboundError):
        inside().get(system.url(), {}, QUICK)


def test_a_packed_answer_is_not_taken():
    packed = {"Content-Encoding": "gzip"}
    with (
        other_system(lambda request, _: send(request, b"x", 200, packed)) as system,
        pytest.raises(OutboundError, match="Content-Encoding"),
    ):
        inside().get(system.url(), {}, QUICK)
    assert system.asked[0][2]["Accept-Encoding"] == "identity"


def test_a_header_with_a_line_break_is_never_sent():
    with other_system(lambda request, _: send(request, b"")) as system:
        with pytest.raises(UnusableUrlError):
            inside().get(system.url(), {"X-Key": "a\r\nHost: b"}, QUICK)
        assert system.asked == []


def test_nobody_at_the_other_end_is_told_as_such():
    with other_system(lambda request, _: send(request, b"")) as system:
        gone = system.url("/", NAME)
    with pytest.raises(OutboundError, match=NAME):
        inside().get(gone, {}, QUICK)


def test_a_network_that_is_none_stops_the_start():
    with pytest.raises(SettingError, match="SHUANGTAN_OUTBOUND_NETWORKS"):
        Settings.from_environment(WHOLE | {"SHUANGTAN_OUTBOUND_NETWORKS": "10.0.0.0/33"})
    given = WHOLE | {"SHUANGTAN_OUTBOUND_NETWORKS": "10.0.0.0/8 fd00::/8"}
    assert Settings.from_environment(given).outbound_networks == "10.0.0.0/8 fd00::/8"
