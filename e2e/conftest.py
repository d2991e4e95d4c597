"""One product for the whole run; a browser for each person of a test, closed after it."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator

import pytest
from playwright.sync_api import BrowserContext, StorageState, expect

from e2e.people import ARGUMENTS, People, Watch
from e2e.product import Run, running

expect.set_options(timeout=15_000)


def pytest_configure(config: pytest.Config) -> None:
    """A failed test leaves a picture of each page it had open in test-results/."""
    config.option.screenshot = "only-on-failure"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.failed and product:
        report.sections += [(f"end of {name}", text) for name, text in product.last_words()]
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    known = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in known if name and (path := shutil.which(name))), None)
    assert found, "No Chromium here: name one with CHROMIUM=/path/to/chrome"
    return {"executable_path": found, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def product() -> Iterator[Run]:
    with running() as run:
        yield run


@pytest.fixture(scope="session")
def base_url(product: Run) -> str:
    return product.base


@pytest.fixture(scope="session")
def kept() -> dict[str, StorageState]:
    return {}


@pytest.fixture
def people(product: Run, new_context: Callable[..., BrowserContext], kept: dict[str, StorageState]) -> Iterator[People]:
    watch = Watch(product.base)
    yield People(product, new_context, kept, watch)
    assert not watch.wrong
