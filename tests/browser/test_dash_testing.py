"""The card's own driver, dash[testing], against the same platform as Playwright's."""

import pytest


@pytest.fixture
def visitor(dash_br, live_server):
    dash_br.driver.get(f"{live_server.url}/login")
    return dash_br


def test_a_stranger_is_led_to_the_sign_in_page(dash_br, live_server):
    dash_br.driver.get(f"{live_server.url}/enterprise/accounting")
    dash_br.wait_for_element("input[name=password]")
    assert dash_br.driver.current_url.startswith(f"{live_server.url}/login?next=")


def test_a_wrong_password_is_told_and_the_name_is_kept(visitor):
    visitor.find_element("input[name=login]").send_keys("nobody")
    visitor.find_element("input[name=password]").send_keys("wrong, of course")
    visitor.find_element("#sign-in").click()
    visitor.wait_for_element("[role=alert]")
    assert visitor.find_element("input[name=login]").get_attribute("value") == "nobody"
