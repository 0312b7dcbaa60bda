"""Sending e-mail by a server of SMTP that the operator names; without one nothing is sent."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from services.errors import PlatformError

# smtp begins in plain and goes on encrypted, smtps is encrypted from the start; only a relay in
# one's own network is spoken to in plain.
TLS_LATER, TLS, PLAIN = "smtp", "smtps", "smtp+plain"
_PORTS = {TLS_LATER: 587, TLS: 465, PLAIN: 25}
SECONDS = 20.0


class MailServerError(PlatformError):
    """The address of the mail server cannot be used."""

    text_key = "mail_server"


class MailFailedError(PlatformError):
    """The mail server could not be reached or took no message."""

    text_key = "mail_failed"


@dataclass(frozen=True, slots=True)
class Post:
    """A mail server with how to speak to it, and the sender of everything that goes out."""

    kind: str
    host: str
    port: int
    sender: str
    user: str = ""
    secret: str = field(default="", repr=False)

    def send(self, message: EmailMessage) -> None:
        """Hand a message over, or raise MailFailedError."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.secret)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            # Servers repeat the address they refuse, and this comes into the log.
            raise MailFailedError(self.host, value=_kind_of(error)) from None

    def _connected(self) -> smtplib.SMTP:
        if self.kind == TLS:
            secure = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=secure)
        server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        if self.kind == TLS_LATER:
            try:
                server.starttls(context=ssl.create_default_context())
            except (OSError, smtplib.SMTPException):
                server.close()
                raise
        return server


def _kind_of(error: OSError) -> str:
    """Return the kind of an error, with the codes that a server gave (RFC 5321, 4.2)."""
    codes: set[int] = set()
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {code for code, _ in error.recipients.values()}
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = {error.smtp_code}
    return " ".join([type(error).__name__, *map(str, sorted(codes))])


def post_of(address: str, sender: str) -> Post | None:
    """Return the server of an address as `smtp://user:secret@host:587`; None without one.

    Raise MailServerError for an address or a sender that cannot be used. A secret is never sent
    in plain.
    """
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise MailServerError("SHUANGTAN_SMTP") from None
    in_plain = parts.scheme == PLAIN and parts.password is not None
    if not parts.hostname or parts.path.strip("/") or in_plain:
        raise MailServerError("SHUANGTAN_SMTP")
    if not is_address(sender):
        raise MailServerError("SHUANGTAN_MAIL_FROM")
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    return Post(parts.scheme, parts.hostname, port, sender, user, secret)


def is_address(text: str) -> bool:
    """Return whether a text can be the address of somebody: no more is known before it arrives."""
    name, _, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not set(text) & set(' ,;:<>()[]\\"')
    return bool(plain and name and "." in host and "@" not in name and len(text) <= 254)
