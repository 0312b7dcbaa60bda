"""What is left of names, sign-in names and addresses where nobody needs them in full."""

import pytest

from services.security.masking import masked_address, masked_login, masked_name, masked_object


@pytest.mark.parametrize(
    ("login", "left"),
    [("zhang.san", "zh***"), ("li", "l***"), ("closed:7", "closed:7"), ("", "")],
)
def test_of_a_sign_in_name_two_signs_are_left_and_a_number_as_it_is(login, left):
    assert masked_login(login) == left


def test_of_a_name_the_first_sign_is_left():
    assert (masked_name("欧阳修"), masked_name("")) == ("欧***", "")


@pytest.mark.parametrize(
    ("address", "left"),
    [("10.1.2.3", "10.1.***"), ("2001:db8:1:2::3", "2001:db8:1:***"), ("x", "***"), ("", "")],
)
def test_of_an_address_the_network_is_left(address, left):
    assert masked_address(address) == left


def test_only_the_object_of_a_deed_about_people_is_masked():
    assert masked_object("grant_role", "zhang.san") == "zh***"
    assert masked_object("submit", "2023") == "2023"
    assert masked_object("search_audit", "login=zhang.san action=x") == "login=zh*** action=x"
