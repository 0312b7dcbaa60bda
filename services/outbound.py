"""Calls to other systems: never to our own insides, and never longer or larger than told (7.2).

A name is resolved once, the address is judged, and the connection goes to that very address: a name
that answers otherwise the second time leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from services.errors import PlatformError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
MEGABYTE = 1024 * 1024
HIGHEST_PORT, LONGEST_URL, LONGEST_TOLD = 65_535, 2_000, 200
PORTS = {"https": 443, "http": 80}
# IPv6 addresses in which a translator or tunnel finds an IPv4 one (RFC 6052, 3.1).
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class OutboundError(PlatformError):
    """A call to another system was not made, or got no usable answer; `where` is the address."""

    text_key = "outbound_unreachable"


class UnusableUrlError(OutboundError):
    """The address is none that is called, or a header of the call cannot be sent."""

    text_key = "outbound_url"


class RefusedAddressError(OutboundError):
    """The name leads to this machine or an inner network that nobody admitted."""

    text_key = "outbound_address"


class OpenLineError(OutboundError):
    """A call without TLS beyond the admitted networks: everybody on the way would read it."""

    text_key = "outbound_open"


class TooSlowError(OutboundError):
    """The answer was not whole in time."""

    text_key = "outbound_slow"


class TooLargeError(OutboundError):
    """The answer holds more than was admitted."""

    text_key = "outbound_large"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take, to connect and in all, and how many bytes its answer may hold."""

    connect_seconds: float = 5.0
    seconds: float = 30.0
    most_bytes: int = 10 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Answer:
    """What another system answered; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Return whether the other side took the call; a redirect is none."""
        return 200 <= self.status < 300


def networks_in(text: str) -> tuple[Network, ...]:
    """Return networks written as 10.0.0.0/8, spaces between; ValueError for what is none."""
    return tuple(ipaddress.ip_network(part) for part in text.split())


def resolved(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_outside(address: Address) -> bool:
    """Return whether an address is one of the public internet, whatever it is wrapped in.

    >>> is_outside(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_outside(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


@dataclass(frozen=True, slots=True)
class Outbound:
    """Makes calls beyond this machine; inner addresses only of the networks that were admitted.

    `tls` and `resolve` are the system's where nothing is given.
    """

    networks: tuple[Network, ...] = ()
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    resolve: Resolve = resolved

    def get(self, url: str, headers: Mapping[str, str], limits: Limits) -> Answer:
        """Return what an address answers; OutboundError says why there is no answer."""
        return self._ask("GET", url, headers, (None, limits))

    def post(self, url: str, headers: Mapping[str, str], body: bytes, limits: Limits) -> Answer:
        """Send a body to an address and return the answer; OutboundError where there is none."""
        return self._ask("POST", url, headers, (body, limits))

    def admitted(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a name, to connect to as they are; each must be admitted."""
        try:
            found = [ipaddress.ip_address(a.partition("%")[0]) for a in self.resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise OutboundError(host, reason=_told(error)) from error
        for address in found:
            if not (is_outside(address) or self._is_within(address)):
                raise RefusedAddressError(host, address=str(address))
        if not found:
            raise OutboundError(host, reason="0 addresses")
        return tuple(dict.fromkeys(map(str, found)))

    def check(self, url: str) -> None:
        """Raise OutboundError for an address that would not be called."""
        self._admitted(_parts(url))

    def _admitted(self, parts: SplitResult) -> tuple[str, ...]:
        host = parts.hostname or ""
        found = self.admitted(host, _port(parts))
        if parts.scheme == "http" and not self.is_within(found):
            raise OpenLineError(host)
        return found

    def is_within(self, addresses: Iterable[str]) -> bool:
        """Return whether all addresses lie in networks that were admitted."""
        return all(map(self._is_within, map(ipaddress.ip_address, addresses)))

    def _is_within(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], rest: tuple[bytes | None, Limits]
    ) -> Answer:
        body, limits = rest
        parts = _parts(url)
        host, addresses = parts.hostname or "", self._admitted(parts)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with (
            _errors_of(host, limits),
            _cut_in_time(_connect(addresses, _port(parts), limits), limits) as line,
            self._line(parts, line) as connection,
        ):
            connection.request(method, path, body, _headers(headers))
            with connection.getresponse() as response:
                return _answer(host, response, limits)

    @contextmanager
    def _line(
        self, parts: SplitResult, line: socket.socket
    ) -> Iterator[http.client.HTTPConnection]:
        """Yield HTTP over a connected socket, inside TLS for the name where that is asked for."""
        host = parts.hostname or ""
        connection = http.client.HTTPConnection(host, _port(parts))
        if parts.scheme == "https":
            # The certificate must be that of the name, whatever the address.
            connection = http.client.HTTPSConnection(host, _port(parts), context=self.tls)
            line = self.tls.wrap_socket(line, server_hostname=host)
        with line:
            connection.sock = line
            yield connection


def _parts(url: str) -> SplitResult:
    """Return the parts of an address; UnusableUrlError for one that is never called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnusableUrlError(url[:LONGEST_TOLD], reason=_told(error)) from error
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or len(url) > LONGEST_URL:
        raise UnusableUrlError(url[:LONGEST_TOLD], reason="https://…")
    # A name and password in the address would stand in logs and lists.
    if parts.username is not None or parts.password is not None:
        raise UnusableUrlError(parts.hostname, reason="user:password@")
    return parts


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    # A packed answer would be small on the way and large in memory.
    return {**given, "Accept-Encoding": "identity", "Connection": "close"}


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def _connect(addresses: Sequence[str], port: int, limits: Limits) -> socket.socket:
    """Return a socket to the first address that answers."""
    *others, last = addresses
    for address in others:
        try:
            return socket.create_connection((address, port), limits.connect_seconds)
        except OSError:
            continue
    return socket.create_connection((last, port), limits.connect_seconds)


@contextmanager
def _cut_in_time(line: socket.socket, limits: Limits) -> Iterator[socket.socket]:
    """Yield a connected socket, whose connection is cut when the call takes too long in all."""
    line.settimeout(limits.seconds)
    # TLS takes the socket over; its twin still ends the same connection. Who sends a byte now and
    # then never runs into the time limit of a single read.
    twin, is_late = line.dup(), Event()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    timer = Timer(limits.seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield line
    except (OSError, http.client.HTTPException, ValueError, OutboundError) as error:
        if is_late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        timer.join()
        line.close()
        twin.close()
    if is_late.is_set():
        raise TimeoutError


@contextmanager
def _errors_of(host: str, limits: Limits) -> Iterator[None]:
    """Tell what went wrong underneath as an OutboundError at the name."""
    try:
        yield
    except TimeoutError as error:
        raise TooSlowError(host, seconds=limits.seconds) from error
    except ssl.SSLError as error:
        raise OutboundError(host, reason=_told(error)) from error
    except (http.client.InvalidURL, ValueError) as error:
        # A header or a path with characters that HTTP does not carry.
        raise UnusableUrlError(host, reason=type(error).__name__) from error
    except (OSError, http.client.HTTPException) as error:
        raise OutboundError(host, reason=_told(error)) from error


def _answer(host: str, response: http.client.HTTPResponse, limits: Limits) -> Answer:
    if response.getheader("Content-Encoding", "identity").lower() != "identity":
        raise OutboundError(host, reason="Content-Encoding")
    body = response.read(limits.most_bytes + 1)
    if len(body) > limits.most_bytes:
        raise TooLargeError(host, most=limits.most_bytes)
    headers = {name.lower(): value for name, value in response.getheaders()}
    # The length that was promised must have come: http.client says nothing of less than asked for.
    promised = headers.get("content-length", "")
    if promised.isdecimal() and len(body) < int(promised):
        raise OutboundError(host, reason=f"{len(body)} < {promised}")
    return Answer(response.status, headers, body)


def _told(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:LONGEST_TOLD]
