"""A branch of a draft is closed and opened by keys: the focus stays, and what is selected stays open."""

from playwright.sync_api import expect

from e2e.designing import begin
from e2e.people import People


def test_a_branch_is_closed_by_keys_and_found_again(people: People) -> None:
    page = people.page("ada")
    begin(page, "Folded by keys")
    page.evaluate(
        """() => { const stage = document.getElementById("stage"), add = (at, type) => ({ edit: "insert", at, type });
        const edits = [add("request:submitted", "approval"), add("approval:rejected", "notify"),
          add("approval:rejected", "notify"), add("approval:rejected", "notify"), add("approval:approved", "notify")];
        htmx.ajax("POST", stage.dataset.post, { source: stage, target: stage, swap: "outerHTML",
          values: { revision: stage.dataset.revision, edit: JSON.stringify(edits) } }); }"""
    )
    expect(page.locator("#s-notification-3")).to_be_visible()
    page.wait_for_load_state("networkidle")
    fold = page.locator('[id="s-approval:rejected"]')
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#s-notification")).to_have_count(0)
    expect(fold).to_contain_text("3 steps")
    expect(fold).to_be_focused()
    for key in ("Delete", "F2", "Insert", "l", "Alt+ArrowDown"):
        page.keyboard.press(key)
    expect(fold).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("Notification 2")
    page.keyboard.press("Enter")
    expect(page.locator("#s-notification-2")).to_have_attribute("aria-current", "true")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("About this flow")
    assert "notification" not in page.url
    page.keyboard.press("Enter")
    expect(page.locator("#s-notification-2")).to_be_visible()
    expect(fold).to_be_focused()
