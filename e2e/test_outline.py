"""The drawing on a phone: a branch without steps of its own says where it goes on, in one line."""

import json

from playwright.sync_api import expect

from e2e.people import People
from tests.app.requests import shipped


def test_an_arrow_stands_beside_its_words(people: People) -> None:
    document = shipped("purchase-approval") | {"key": "outline", "name": "Outline", "prefix": "OUT"}
    told = {"type": "notify", "who": [{"requester": True}], "subject": "So", "message": "And so"}
    document["steps"]["legal"] = {**told, "name": "Tell legal", "outcomes": {"sent": "approval"}}
    document["steps"]["amount"]["outcomes"] = {"otherwise": "approval", "small": "legal"}
    page = people.page("ada", phone=True)
    page.goto("/definitions/new")
    page.get_by_text("Or paste it").click()
    page.get_by_role("textbox", name="Definition as JSON").fill(json.dumps(document))
    page.get_by_role("button", name="Import as a draft").click()
    onward = page.locator(".flow-branch > .flow-onward")
    expect(onward).to_have_text("Continues with Approval")
    heights = onward.evaluate("line => [line.offsetHeight, parseFloat(getComputedStyle(line).lineHeight)]")
    assert heights[0] < 1.6 * heights[1]
    order = page.locator(".flow-card > b").all_inner_texts()
    assert order.index("Tell legal") < order.index("Approval")
    expect(page.get_by_text("Not published yet")).to_be_visible()
