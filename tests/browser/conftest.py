"""A real browser, and pages in it that may ask the network for nothing."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.views import conftest as views

brief = views.brief
ADDRESS = "https://brief.test/"


@dataclass
class Opened:
    """A page in the browser, with everything that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def lit(self) -> list[str]:
        """Return the ids of what is lit, in the order of the page."""
        return self.page.locator(".lit").evaluate_all("found => found.map(one => one.id)")


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=30_000)  # milliseconds: a busy machine is slow, and no fault
        browser = playwright.chromium.launch(executable_path=_found(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Return what opens a page; in the end none may have asked for, or complained of, anything."""
    opened: list[Opened] = []

    def open_(text: str, *, width: int = 1440, fragment: str = "", **how: Any) -> Opened:
        size = {"width": width, "height": 900}
        context = chromium.new_context(viewport=size, reduced_motion="reduce", **how)
        found = Opened(context.new_page())
        opened.append(found)
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(error.message))
        found.page.on("request", lambda request: found.requests.append(request.url))

        def answer(route: Route) -> None:
            if route.request.url.split("#")[0] == ADDRESS:
                route.fulfill(body=text, content_type="text/html; charset=utf-8")
            else:
                route.abort()

        context.route("**/*", answer)
        found.page.goto(f"{ADDRESS}{fragment}")
        return found

    yield open_
    for one in opened:
        assert [url.split("#")[0] for url in one.requests] == [ADDRESS]
        assert one.complaints == []
        one.page.context.close()


def _found() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing = "no Chromium on this machine: apt-get install chromium"
    if os.environ.get("CI") or os.environ.get("BLUF_REQUIRE_BROWSER"):
        pytest.fail(missing)
    pytest.skip(missing)
