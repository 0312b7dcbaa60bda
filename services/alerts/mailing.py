"""E-mail about alerts: to whom wishes it, gathered, and not in the hours of rest (4.2 c).

Who rests is told afterwards, in one mail; only what is critical is told at once.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from itertools import groupby
from typing import Protocol

from services.alert_facts import ERROR, SEVERITIES, Wish
from services.alerts.telling import ANSWERING, address_of
from services.clock import SHANGHAI
from services.data import notices
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.notices import DueMail, Tellers
from services.data.work import Scope
from services.errors import PlatformError
from services.formatting import datetime_text
from services.i18n.texts import t, use_language
from services.mail import MailFailedError, is_address
from services.security.permissions import PERMISSIONS, Action, Actor
from services.security.trail import PLATFORM, Deed, record_deed

LOG = logging.getLogger(__name__)
TELLERS = Tellers(
    frozenset(r.value for r, actions in PERMISSIONS.items() if Action.HANDLE_ALERTS in actions),
    ANSWERING,
)


class WishError(PlatformError):
    """Somebody wishes e-mail to what is no address, or to be left alone in hours there are not."""

    text_key = "notice_wish"


class Sender(Protocol):
    """What hands a message over to a server."""

    @property
    def sender(self) -> str:
        """Return from whom everything is."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over, or raise MailFailedError."""


def wish_of(actor: Actor, database: Database) -> Wish:
    """Return how the actor wishes to be told by e-mail."""
    with database.work(Scope(person_id=actor.person_id)) as work:
        return notices.wish_of(work, actor.person_id)


def keep_wish(actor: Actor, database: Database, wish: Wish, now: datetime) -> None:
    """Keep how the actor wishes to be told from now on; the trail tells that it was changed."""
    _check(wish)
    with database.work(Scope(person_id=actor.person_id)) as work:
        notices.keep_wish(work, actor.person_id, wish, now)
        # Where to is nobody's business.
        told = {"severity": wish.severity, "quiet": [wish.quiet_from, wish.quiet_until]}
        deed = Deed("change_notices", str(actor.person_id), after=told, at=now)
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()


@dataclass(frozen=True, slots=True)
class Mailer:
    """What is needed to send: the database, the server, and the address that people open."""

    database: Database
    post: Sender
    site: str


def mail_due(mailer: Mailer, now: datetime) -> int:
    """Send what is due, one mail to each person; return how many people were told."""
    with mailer.database.work(SYSTEM_SCOPE) as work:
        notices.collect(work, TELLERS, now)
        found = [each for each in notices.due(work, now) if not rests(each, now)]
        notices.take(work, found, now)
        work.commit()
    count = 0
    for _, mails in groupby(found, key=lambda each: each.person_id):
        count += _send(mailer, list(mails), now)
    return count


def rests(mail: DueMail, now: datetime) -> bool:
    """Return whether somebody is left alone now; what is critical passes.

    Hours may go over midnight: from 22 until 7.
    """
    begin, end = mail.quiet_from, mail.quiet_until
    if mail.severity == ERROR or begin is None or end is None:
        return False
    hour = now.astimezone(SHANGHAI).hour
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def _send(mailer: Mailer, mails: Sequence[DueMail], now: datetime) -> bool:
    try:
        mailer.post.send(message_of(mails, mailer.post.sender, mailer.site))
    except MailFailedError as error:
        LOG.warning("Sent no mail to person %s: %s", mails[0].person_id, error)
        return False
    with mailer.database.work(SYSTEM_SCOPE) as work:
        notices.sent(work, mails, now)
        work.commit()
    return True


def message_of(mails: Sequence[DueMail], sender: str, site: str) -> EmailMessage:
    """Return one message about alerts, in the language of its reader.

    Names of points and figures bear a label, and go out with no mail.
    """
    first = mails[0]
    message = EmailMessage()
    message["From"], message["To"] = sender, first.address
    # The same alerts make the same id, by which a message that comes twice is known as one.
    named = hashlib.sha256("".join(sorted(str(m.mail_id) for m in mails)).encode()).hexdigest()
    message["Message-ID"] = f"<{named[:32]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    with use_language(first.language):
        worst = max((each.severity for each in mails), key=SEVERITIES.index)
        severity = t(f"alerts.severities.{worst}")
        message["Subject"] = t("alerts.mail.subject", count=len(mails), severity=severity)
        lines = [line for each in mails for line in _lines(each, site)]
        message.set_content("\n".join([t("alerts.mail.begin"), "", *lines, t("alerts.mail.end")]))
    return message


def _lines(mail: DueMail, site: str) -> list[str]:
    is_chinese = mail.language == "zh-CN"
    what = t(
        f"alerts.mail.{mail.kind}",
        severity=t(f"alerts.severities.{mail.severity}"),
        rule=t(f"alerts.rules.{mail.rule.replace('.', '_')}.name"),
        place=mail.name_zh if is_chinese else mail.name_en,
        at=datetime_text(mail.opened_at),
    )
    link = site + address_of(mail.organization_id, mail.alert_id)
    return [what, f"  {link}" if site else "", ""]


def _check(wish: Wish) -> None:
    if wish.severity not in ("", *SEVERITIES):
        raise WishError("severity", value=wish.severity[:20])
    if (wish.severity or wish.address) and not is_address(wish.address):
        raise WishError("address", value=wish.address[:60] or "—")
    hours = (wish.quiet_from, wish.quiet_until)
    if (None in hours and hours != (None, None)) or any(h not in range(24) for h in hours if h):
        raise WishError("quiet_from", value="—")
