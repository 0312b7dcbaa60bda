"""What is kept for whoever asks again, and what is forgotten first."""

from services.recent import Recent


def test_what_nobody_asked_for_longest_is_forgotten_first():
    recent = Recent(2)
    recent.keep("a", 1)
    recent.keep("b", 2)
    assert recent.get("a") == 1
    recent.keep("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_kept_anew_takes_the_place_of_what_was_there():
    recent = Recent(2)
    assert [recent.keep("a", value) for value in (1, 2)] == [1, 2]
    assert recent.get("a") == 2
