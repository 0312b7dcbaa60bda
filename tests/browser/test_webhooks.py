"""A manager adds a webhook, tries it, sees that it arrived, and ends it."""

import json

from playwright.sync_api import expect

from services.security.permissions import Role
from services.webhooks.signatures import secret_from, signature
from tests.browser.people import patient, settled_in
from tests.other_system import other_system, send
from tests.places import add_login
from tests.waiting import wait_until


def test_a_webhook_is_added_tried_seen_to_arrive_and_ended(page, live, plant, patience):
    with other_system(lambda request, _: send(request, b"", 204)) as system:
        place = plant.organization_id
        settled_in(patient(page), add_login(live, f"hooks-{place}", (Role.MANAGER, place)))
        page.goto("/collection/webhooks")
        expect(page.get_by_text("还没有对外通知")).to_be_visible()
        page.locator("#collection-webhooks-code").fill(plant.code)
        page.locator("#collection-webhooks-address").fill("http://10.9.9.9/inside")
        page.locator("#collection-webhooks-add").click()
        expect(page.locator("#shell-messages")).to_contain_text("10.9.9.9")
        expect(page.locator("#collection-webhooks-code")).to_have_value(plant.code)
        page.locator("#collection-webhooks-address").fill(system.url("/told"))
        page.locator("#collection-webhooks-add").click()
        secret = secret_from(page.locator("#collection-webhooks-secret").inner_text())
        row = page.locator(".browser-table tbody tr").filter(has_text="/told")
        expect(row).to_contain_text("发送中")
        row.get_by_role("link", name="选择").click()
        page.locator("#collection-webhooks-try").click()
        wait_until(lambda: system.asked, 60)
        _method, path, headers, body = system.asked[0]
        assert (path, json.loads(body)["type"]) == ("/told", "ping")
        assert headers["webhook-signature"] == signed(secret, headers, body)
        delivered = page.locator(".browser-table tbody tr").filter(has_text="已送达")

        def is_shown():
            page.locator("#collection-webhooks-look").click()
            page.wait_for_load_state("networkidle")
            return delivered.count() == 1

        wait_until(is_shown, 60)
        expect(delivered).to_contain_text("HTTP 204")
        page.locator("#collection-webhooks-end").click()
        expect(page.locator("#collection-webhooks-try")).to_have_count(0)
        expect(row).to_contain_text("已结束")


def signed(secret, headers, body):
    """Return what the receiver expects as signature."""
    return signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
