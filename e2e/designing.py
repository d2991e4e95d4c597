"""What an admin does in the designer, in the words that stand on its pages; each waits for what it changes."""

from playwright.sync_api import Locator, Page, expect

from tests.servers import wait_until


def begin(page: Page, name: str) -> None:
    page.goto("/definitions/new")
    page.get_by_label("What is it called?").fill(name)
    page.get_by_role("button", name="Begin").click()
    expect(card(page, "Request form")).to_be_visible()
    page.wait_for_function("window.htmx")  # its scripts are there, too


def card(page: Page, name: str) -> Locator:
    return page.locator("#stage .flow-card", has_text=name).first


def told(page: Page, words: str) -> None:
    expect(page.locator("#announcement")).to_contain_text(words)


def add(page: Page, plus: str, kind: str, called: str = "") -> None:
    """called: what the new step is called, where that is not its kind."""
    page.locator(f"#stage a[href='?add={plus}']").first.click()
    page.locator("#panel").get_by_role("button", name=kind, exact=True).click()
    told(page, f"{called or kind} added")


def choose(page: Page, name: str, kind: str) -> Locator:
    """The panel of the step that is called so, which may be there already."""
    if page.locator("#step-name").count() == 0 or page.locator("#step-name").input_value() != name:
        card(page, name).click()
    expect(page.locator("#panel-title")).to_have_text(kind)
    expect(page.locator("#step-name")).to_have_value(name)
    return page.locator("#panel")


def call(page: Page, name: str) -> None:
    """The selected step."""
    page.locator("#step-name").fill(name)
    page.get_by_role("button", name="Rename").click()
    told(page, f"is now called {name}.")


def save(page: Page) -> None:
    """The panel, until it is drawn anew from what is stored."""
    with page.expect_response(lambda answer: "_do=submit" in (answer.request.post_data or "")):
        page.locator("#panel").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#panel [data-unsaved]")).to_be_hidden()


def lead(page: Page, way: str, target: str) -> None:
    page.locator("#panel").get_by_label(way, exact=True).select_option(label=target)
    told(page, f"leads to {target}.")


def problems(page: Page) -> Locator:
    return page.locator("#problems")


def mend(page: Page, button: str) -> None:
    pressed = problems(page).get_by_role("button", name=button)
    pressed.click()
    expect(pressed).to_have_count(0)


def add_field(page: Page, kind: str, label: str) -> None:
    """In the form builder, after the one that was added last."""
    page.locator(".builder__palette").get_by_role("button", name=kind, exact=True).click()
    expect(page.locator("#chosen-title")).to_have_text(kind)
    page.get_by_label("Label", exact=True).fill(label)
    page.get_by_label("Label", exact=True).press("Enter")
    expect(page.locator("#chosen-title")).to_have_text(label)


def save_field(page: Page, label: str) -> None:
    with page.expect_response(lambda answer: "_do=submit" in (answer.request.post_data or "")):
        page.locator(".builder__settings").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".designer__done")).to_have_text(f"{label} changed.")


def publish(page: Page, version: int, note: str) -> None:
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("What is new in it?").fill(note)
    page.get_by_role("button", name=f"Publish version {version}").click()
    expect(page.get_by_text(f"is version {version}")).to_be_visible()


def until(page: Page, words: str) -> None:
    """On a page that other processes are still at work for."""

    def there() -> bool:
        page.reload()
        return page.get_by_role("main").get_by_text(words).first.is_visible()

    wait_until(there, f"“{words}”")
