"""Screens kept ready: the same bytes for the same key, made anew for another."""

from dash import html
from dash._utils import to_json

from callbacks.kept import Kept


def counted(made):
    def make():
        made.append(len(made))
        return html.P(f"screen {len(made)}")

    return make


def test_a_screen_is_made_once_for_its_key_and_again_for_another():
    kept, made = Kept(), []
    first, again = kept.get(("run", 1), counted(made)), kept.get(("run", 1), counted(made))
    assert to_json(first) == to_json(again) == to_json(html.P("screen 1"))
    assert to_json(kept.get(("run", 2), counted(made))) == to_json(html.P("screen 2"))
    assert made == [0, 1]


def test_the_screen_used_longest_ago_makes_room():
    kept, made = Kept(most=2), []
    for key in ("a", "b", "a", "c"):  # b was used longest ago when c comes
        kept.get(key, counted(made))
    kept.get("a", counted(made))
    assert len(made) == 3
    kept.get("b", counted(made))
    assert len(made) == 4


def test_a_screen_that_could_not_be_made_is_not_kept():
    kept, made = Kept(), []

    def fail():
        raise ValueError("no such run")

    for make in (fail, counted(made)):
        try:
            answer = kept.get("run", make)
        except ValueError:
            continue
    assert to_json(answer) == to_json(html.P("screen 1"))
