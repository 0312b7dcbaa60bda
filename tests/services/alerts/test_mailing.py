"""E-mail about alerts, handed to a real server: whom it reaches, when, and how often."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from services.alert_facts import ERROR, INFO, WARNING, Wish
from services.alerts import mailing
from services.alerts.lifecycle import Condition
from services.alerts.mailing import Mailer, WishError, mail_due, rests
from services.alerts.observing import Observation, observe
from services.alerts.settling import settle
from services.data import people, privacy
from services.data.engine import SYSTEM_SCOPE
from services.data.notices import DueMail
from services.data.work import Scope
from services.mail import MailFailedError, MailServerError, post_of
from services.security.permissions import Role
from services.security.trail import Place
from tests.mail_server import mail_server
from tests.places import add_firm, add_person

pytestmark = pytest.mark.postgres

# Noon in China, and eleven at night.
NOON, NIGHT = datetime(2026, 12, 1, 4, tzinfo=UTC), datetime(2026, 12, 1, 15, tzinfo=UTC)
SITE = "https://carbon.example.cn"
SENDER = "platform@example.cn"


@pytest.fixture
def server():
    with mail_server() as taken:
        yield taken


@pytest.fixture
def mailer(database, server):
    post = post_of(f"smtp+plain://127.0.0.1:{server.port}", SENDER)
    return Mailer(database, post, SITE)


@pytest.fixture
def firm(database):
    return add_firm(database)


def who(database, firm, login, role=Role.REPORTER, severity=WARNING, **quiet):
    at = quiet.pop("at", NOON)
    actor = add_person(database, login, (role, firm.organization_id))
    wish = Wish(f"{login}@example.cn", severity, **quiet)
    mailing.keep_wish(actor, database, wish, at - timedelta(hours=1))
    return actor


def warn(database, firm, number=1, severity=WARNING, **more):
    at, found = more.get("at", NOON), more.get("found", Condition.STANDS)
    place = Place(firm.organization_id, firm.access_path)
    names = {"zh-CN": "窑头温度", "en": "Kiln temperature"}
    about = f"point:{number}"
    seen = Observation(place, "point.range", about, found, names, "/x", severity, {"value": 9.5})
    with database.work(SYSTEM_SCOPE) as work:
        observe(work, [seen], at)
        work.commit()


def told(server):
    return [message["To"] for message in server.messages]


def test_who_wishes_it_is_told_once_in_words_and_without_a_figure(database, firm, mailer, server):
    who(database, firm, "fill")
    warn(database, firm)
    assert mail_due(mailer, NOON) == 1
    assert mail_due(mailer, NOON + timedelta(minutes=5)) == 0
    (message,) = server.messages
    assert (message["To"], message["From"]) == ("fill@example.cn", SENDER)
    assert "1 条预警" in message["Subject"]
    body = message.get_content()
    assert "【警告】超出限值 · 测试企业T1，自 2026-12-01 12:00 起" in body
    assert f"{SITE}/collection/alerts?alert=" in body
    assert "9.5" not in body
    assert "窑头温度" not in body


def test_several_alerts_are_one_message(database, firm, mailer, server):
    who(database, firm, "fill")
    warn(database, firm, 1)
    warn(database, firm, 2)
    assert mail_due(mailer, NOON) == 1
    assert "2 条预警" in server.messages[0]["Subject"]


def test_nobody_is_told_who_wishes_nothing_or_less_or_works_elsewhere(
    database, firm, mailer, server
):
    add_person(database, "silent", (Role.REPORTER, firm.organization_id))
    who(database, firm, "worst-only", severity=ERROR)
    who(database, add_firm(database, "T2"), "elsewhere")
    warn(database, firm)
    assert mail_due(mailer, NOON) == 0
    assert told(server) == []


def test_what_was_opened_before_the_wish_is_no_news(database, firm, mailer, server):
    warn(database, firm, at=NOON - timedelta(hours=2))
    who(database, firm, "fill")
    assert mail_due(mailer, NOON) == 0


def test_what_comes_and_goes_is_mailed_once(database, firm, mailer, server):
    who(database, firm, "fill")
    for minute in range(0, 30, 2):
        at = NOON + timedelta(minutes=minute)
        warn(database, firm, at=at)
        warn(database, firm, at=at + timedelta(minutes=1), found=Condition.CLEAR)
        settle(database, at + timedelta(minutes=1))
        mail_due(mailer, at + timedelta(minutes=1))
    assert len(server.messages) == 1


def test_who_rests_is_told_afterwards_in_one_message_and_of_what_is_critical_at_once(
    database, firm, mailer, server
):
    who(database, firm, "fill", at=NIGHT, quiet_from=22, quiet_until=7)
    warn(database, firm, 1, at=NIGHT)
    warn(database, firm, 2, at=NIGHT)
    assert mail_due(mailer, NIGHT) == 0
    warn(database, firm, 3, severity=ERROR, at=NIGHT)
    assert mail_due(mailer, NIGHT) == 1
    assert "1 条预警，最高为严重" in server.messages[0]["Subject"]
    assert mail_due(mailer, NIGHT + timedelta(hours=8)) == 1
    assert "2 条预警" in server.messages[1]["Subject"]


def mail(severity=WARNING, begin=None, end=None):
    alert = (1, None, 1, None, "opened", "en", "a@b.cn", begin, end, "point.range", severity)
    return DueMail(*alert, NOON, "一", "One")


@pytest.mark.parametrize(
    ("begin", "end", "hour", "is_rest"),
    [
        (22, 7, 21, False),
        (22, 7, 22, True),
        (22, 7, 6, True),
        (22, 7, 7, False),
        (12, 14, 12, True),
        (12, 14, 14, False),
        (None, None, 3, False),
    ],
)
def test_hours_of_rest_may_go_over_midnight(begin, end, hour, is_rest):
    at = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(hours=hour - 8)
    assert rests(mail(begin=begin, end=end), at) is is_rest
    assert rests(mail(ERROR, begin, end), at) is False


def test_what_nobody_acknowledged_is_mailed_to_who_answers(database, firm, mailer, server):
    who(database, firm, "answers", Role.APPROVER, ERROR)
    warn(database, firm, severity=ERROR)
    mail_due(mailer, NOON)
    settle(database, NOON + timedelta(minutes=30))
    assert mail_due(mailer, NOON + timedelta(minutes=30)) == 1
    assert "无人确认" in server.messages[1].get_content()


def test_a_message_that_the_server_refuses_is_tried_again_and_given_up_in_the_end(
    database, firm, mailer, server
):
    who(database, firm, "fill")
    warn(database, firm)
    server.refuses = True
    assert mail_due(mailer, NOON) == 0
    assert mail_due(mailer, NOON + timedelta(seconds=30)) == 0
    server.refuses = False
    assert mail_due(mailer, NOON + timedelta(minutes=2)) == 1
    assert len(server.messages) == 1


def test_the_log_tells_why_no_mail_went_out_and_not_to_which_address(
    database, firm, mailer, server, caplog
):
    who(database, firm, "fill")
    warn(database, firm)
    server.refuses = True
    mail_due(mailer, NOON)
    assert "SMTPRecipientsRefused 550" in caplog.text
    assert "fill@example.cn" not in caplog.text


def test_what_is_over_before_anybody_was_told_is_told_to_nobody(database, firm, mailer, server):
    who(database, firm, "fill", at=NIGHT, quiet_from=22, quiet_until=7)
    warn(database, firm, at=NIGHT, found=Condition.PASSED)
    mail_due(mailer, NIGHT)
    settle(database, NIGHT + timedelta(minutes=10))
    assert mail_due(mailer, NIGHT + timedelta(hours=9)) == 0


def test_who_left_is_told_nothing_and_the_address_is_forgotten(database, firm, mailer, server):
    actor = who(database, firm, "fill")
    warn(database, firm)
    with database.work(SYSTEM_SCOPE) as work:
        people.deactivate(work, actor.person_id, NOON)
        work.commit()
    assert mail_due(mailer, NOON) == 0
    with database.work(Scope(person_id=actor.person_id)) as work:
        privacy.pseudonymise(work, actor.person_id)
        work.commit()
    assert mailing.wish_of(actor, database) == Wish()


def test_nobody_sees_where_somebody_else_is_told(database, firm):
    who(database, firm, "fill")
    other = add_person(database, "other", (Role.MANAGER, firm.organization_id))
    assert mailing.wish_of(other, database) == Wish()


@pytest.mark.parametrize(
    "wish",
    [
        Wish("", WARNING),
        Wish("no address", INFO),
        Wish("a@b.cn\nBcc: c@d.cn", INFO),
        Wish("a@b.cn", "loud"),
        Wish("a@b.cn", INFO, 22, None),
        Wish("a@b.cn", INFO, 22, 24),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(database, firm, wish):
    actor = add_person(database, "fill", (Role.REPORTER, firm.organization_id))
    with pytest.raises(WishError):
        mailing.keep_wish(actor, database, wish, NOON)


@pytest.mark.parametrize(
    "address",
    ["ftp://a", "smtp://", "smtp+plain://me:secret@relay", "smtp://h:port", "smtp://h/x"],
)
def test_a_mail_server_that_cannot_be_used_is_refused_at_the_start(address):
    with pytest.raises(MailServerError):
        post_of(address, SENDER)


def test_without_a_mail_server_nothing_is_sent_and_one_needs_a_sender():
    assert post_of("", "") is None
    with pytest.raises(MailServerError):
        post_of("smtp://relay", "nobody")


def test_a_secret_is_never_sent_before_the_way_is_encrypted(server):
    post = post_of(f"smtp://me:secret@127.0.0.1:{server.port}", SENDER)
    message = EmailMessage()
    message["From"], message["To"] = SENDER, "a@b.cn"
    with pytest.raises(MailFailedError):
        post.send(message)
    assert server.messages == []
