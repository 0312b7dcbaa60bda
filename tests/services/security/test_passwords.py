"""Rules of passwords, by profile."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.security.passwords import WeakPasswordError, check_new
from services.security.profiles import ProfileError, profile_of, profiles

MLPS3 = profile_of("mlps3", date(2026, 1, 1))
ASVS = profile_of("asvs", date(2026, 1, 1))
WORDS = ["wang.fang", "王芳", "Yangtze Cement", "Li"]


def reason(password, profile):
    try:
        check_new(password, profile, WORDS)
    except WeakPasswordError as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("password", "mlps3", "asvs"),
    [
        ("Windy-Night-2026", None, None),
        ("Windy-Night1", None, "length"),
        ("Short-1", "length", "length"),
        ("x" * 129, "length", "length"),
        ("a long plain sentence", "classes", None),
        ("Wang.Fang-and-more-2026", "known", "known"),
        ("Hello-王芳-2026-ja", "known", "known"),
        ("my YANGTZE cement 1", "known", "known"),
        ("Li-and-Windy-2026", None, None),
        ("Password-2026!!!!", "common", "common"),
        ("Qwertyuiop[123456]", "common", "common"),
        ("Shuangtan-2026-!!", "common", "common"),
        ("Aaaaaaaaaaaaaaa1", "common", "common"),
        ("1234567890123456", "classes", "common"),
    ],
)
def test_a_password_is_taken_or_refused_as_the_profile_says(password, mlps3, asvs):
    assert (reason(password, MLPS3), reason(password, ASVS)) == (mlps3, asvs)


@given(st.text(min_size=0, max_size=140))
def test_whatever_is_taken_keeps_the_numbers_of_its_profile(password):
    for profile in (MLPS3, ASVS):
        if reason(password, profile) is None:
            kinds = [
                any(map(str.islower, password)),
                any(map(str.isupper, password)),
                any(map(str.isdigit, password)),
                any(not sign.isalnum() for sign in password),
            ]
            assert profile.shortest <= len(password) <= profile.longest
            assert sum(kinds) >= profile.classes


def test_asvs_has_neither_classes_nor_age_nor_history():
    assert (ASVS.classes, ASVS.age(administrator=True), ASVS.history) == (0, None, 0)
    assert (MLPS3.age(administrator=True).days, MLPS3.age(administrator=False).days) == (90, 180)


def test_a_lock_begins_at_five_doubles_and_stops_at_a_day():
    minutes = [MLPS3.lock(n) and MLPS3.lock(n).total_seconds() / 60 for n in (4, 5, 6, 7, 12, 99)]
    assert minutes == [None, 15, 30, 60, 1440, 1440]


def test_every_profile_says_where_its_numbers_are_from():
    assert all(p.source and p.status == "secondary" for p in profiles())


@pytest.mark.parametrize(("name", "day"), [("none", date(2026, 1, 1)), ("asvs", date(2025, 1, 1))])
def test_a_profile_that_is_not_there_yet_is_refused_by_name(name, day):
    with pytest.raises(ProfileError, match=name):
        profile_of(name, day)
