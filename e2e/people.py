"""The people of the demo, each in a browser of their own, and everything a browser complains about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, StorageState, ViewportSize

from e2e import screens
from e2e.product import Run

DESK, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium's note about an answer that is no 200. Whether it should have been one is the test's to say.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Watch:
    """What no test may see: words on the console, a request to another host, an answer with a 5xx."""

    base: str
    wrong: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"error in a script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERED):
            self.wrong.append(f"{message.type} on {message.location['url']}: {message.text}")

    def _request(self, sent: Request) -> None:
        if not sent.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.wrong.append(f"a request to {sent.url}")

    def _response(self, answer: Response) -> None:
        if answer.status >= 500:
            self.wrong.append(f"{answer.status} from {answer.url}")


@dataclass
class People:
    """`new_context`: of the product's address. `kept`: the cookies of those who logged in once, by handle."""

    product: Run
    new_context: Callable[..., BrowserContext]
    kept: dict[str, StorageState]
    watch: Watch

    def __post_init__(self) -> None:
        self.cast = {user["email"].split("@")[0]: user for user in self.product.demo["users"]}

    def name(self, handle: str) -> str:
        return str(self.cast[handle]["name"])

    def anyone(self, *, phone: bool = False, script: bool = True, dark: bool = False, **more: Any) -> Page:
        """A browser in which nobody is logged in."""
        context = self.new_context(
            viewport=PHONE if phone else DESK,
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            **more,
        )
        context.set_default_timeout(15_000)
        self.watch.over(context)
        return context.new_page()

    def log_in(self, handle: str, **how: Any) -> Page:
        """By typing."""
        page = self.anyone(**how)
        page.goto("/login")
        screens.log_in(page, self.cast[handle]["email"], self.cast[handle]["password"])
        return page

    def page(self, handle: str, **how: Any) -> Page:
        """Logged in, on My work. Who was here before has their cookie still."""
        if handle not in self.kept:
            page = self.log_in(handle, **how)
            self.kept[handle] = page.context.storage_state()
            return page
        page = self.anyone(**how, storage_state=self.kept[handle])
        page.goto("/tasks")
        return page
