"""Names, sign-in names and addresses as they are shown where nobody needs them in full (7.2)."""

from __future__ import annotations

import ipaddress
import re

HIDDEN = "***"
# Deeds whose object is a sign-in name, and the one whose object may hold one.
OF_PEOPLE = frozenset(
    {
        *("add_person", "reset_password", "grant_role", "withdraw_role", "delegate_role", "leave"),
        *("unlock_sign_in", "reset_factor", "password_given", "sign_in", "sign_in_failed"),
        *(
            "change_password",
            "end_other_sessions",
            "end_session",
            "end_session_of",
            "end_sessions_of",
            "factor_added",
            "factor_failed",
        ),
        *("factor_removed", "recovery_code_used", "recovery_codes_renewed", "step_up"),
        *("set_clearance", "correct_own_data", "take_out_own_data"),
    }
)
_LOOKED_FOR = re.compile(r"(?<=\blogin=)\S+")


def masked_login(login: str) -> str:
    """Return a sign-in name with its first two signs; the sign of an account that is gone stays."""
    if not login or ":" in login:
        return login
    return login[: 1 if len(login) < 4 else 2] + HIDDEN


def masked_name(name: str) -> str:
    """Return a name with its first sign; how long it is stays untold."""
    return name[:1] + HIDDEN if name else ""


def masked_address(address: str) -> str:
    """Return the network of an address: the first two parts of IPv4, the first three of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return HIDDEN if address else ""
    if found.version == 4:
        return ".".join(address.split(".")[:2]) + f".{HIDDEN}"
    groups = (group.lstrip("0") or "0" for group in found.exploded.split(":")[:3])
    return ":".join(groups) + f":{HIDDEN}"


def masked_object(action: str, resource: str) -> str:
    """Return the object of a deed, without the sign-in name that it is or holds."""
    if action in OF_PEOPLE:
        return masked_login(resource)
    return _LOOKED_FOR.sub(lambda found: masked_login(found[0]), resource)
