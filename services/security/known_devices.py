"""Devices on which somebody came in before, so that no stranger's tries hold them up there (7.2).

The browser keeps a signed word for each person who came in on it with both factors. It opens
nothing: it only has failures counted apart from those of the name, five of them as well, so that
whoever steals it has no more tries than anybody.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from services import clock
from services.data import people
from services.data.people import StoredPerson
from services.data.work import Scope
from services.security.door import Door
from services.security.session import MOST_DIGITS

# Of how many people one browser keeps a word; longer than that is none of ours.
MOST = 4
BETWEEN, LONGEST_WORD = "~", 120
_PURPOSE = b"known device of "


def device_of(door: Door, found: StoredPerson | None, words: str, now: datetime) -> str:
    """Return under which name the device counts as the person's, or nothing when it does not."""
    if found is None:
        return ""
    for word in _words(words):
        person_id, device, began, _ = word.split(".")
        if int(person_id) != found.person_id or not _is_ours(door, word):
            continue
        since = datetime.fromtimestamp(int(began), tz=now.tzinfo)
        is_late = now - since > door.profile.device
        # Of the same second is before: whoever reset it means what there was.
        was_ended = found.devices_from is not None and since <= found.devices_from
        return "" if is_late or was_ended else device
    return ""


def with_device(door: Door, person_id: int, words: str) -> str:
    """Return what the browser keeps from now on: the word of this person before the others'."""
    now = clock.now()
    with door.database.work(Scope(person_id=person_id)) as work:
        found = people.get(work, person_id)
    device = device_of(door, found, words, now) or secrets.token_hex(8)
    others = [w for w in _words(words) if w.partition(".")[0] != str(person_id)]
    plain = f"{person_id}.{device}.{int(now.timestamp())}"
    return BETWEEN.join([f"{plain}.{_signature(door, plain)}", *others][:MOST])


def _words(words: str) -> list[str]:
    """Return the words that have the form of ours; whether they are is not said."""
    found = words.split(BETWEEN, MOST)[:MOST]
    return [word for word in found if len(word) <= LONGEST_WORD and _has_form(word)]


def _has_form(word: str) -> bool:
    parts = word.split(".")
    if not word.isascii() or len(parts) != 4:
        return False
    numbers = (parts[0], parts[2])
    return all(n.isdecimal() and len(n) <= MOST_DIGITS for n in numbers) and parts[1].isalnum()


def _is_ours(door: Door, word: str) -> bool:
    plain, _, signature = word.rpartition(".")
    return hmac.compare_digest(_signature(door, plain), signature)


def _signature(door: Door, plain: str) -> str:
    return hmac.digest(door.key, _PURPOSE + plain.encode(), "sha256").hex()
