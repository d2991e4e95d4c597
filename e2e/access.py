"""What axe finds on a page: nothing, if everybody can use it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# To name all that passed takes axe three times as long as to look.
WANTED = {"resultTypes": ["violations"]}


def clean(page: Page) -> None:
    page.wait_for_load_state()  # its colours, too
    found = Axe().run(page, options=WANTED).response["violations"]
    assert not found, (page.url, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found])
