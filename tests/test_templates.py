"""What no template may hold, since a strict content security policy and people's safety rest on it."""

import re
from pathlib import Path

import pytest

from app.web.html import ROOT, environment

FOLDER = ROOT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
# Mail programs and the PDF writer know no stylesheets of ours.
OWN_STYLE = ("messages/", "reports/paper")
# Places where text is known to be markup already, by template.
TRUSTED: dict[str, int] = {}

TAG = re.compile(r"<[a-zA-Z][^>]*>")


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def tags(path: Path) -> list[str]:
    """Without what the template language says, which would look like attributes."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    return TAG.findall(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_runs_or_looks_by_itself(path: Path) -> None:
    for tag in tags(path):
        assert not re.search(r"\son\w+\s*=", tag), tag
        assert not re.search(r"\s(data-)?hx-on", tag), tag
        assert "javascript:" not in tag.lower(), tag
        if not name(path).startswith(OWN_STYLE):
            assert not re.search(r"\sstyle\s*=", tag), tag
            assert not tag.lower().startswith("<style"), tag


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_scripts_are_files_of_ours(path: Path) -> None:
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", path.read_text(), re.DOTALL)
    assert all("src=" in attributes and not body.strip() for attributes, body in scripts)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    outside = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')>]*", path.read_text())
    assert [url for url in outside if not url.startswith("http://www.w3.org/")] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_text_is_escaped(path: Path) -> None:
    unescaped = re.findall(r"\|\s*safe\b|autoescape\s+false", path.read_text())
    assert len(unescaped) == TRUSTED.get(name(path), 0)


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.css")), ids=lambda path: path.name)
def test_every_selector_has_its_rule(path: Path) -> None:
    """A browser drops a list of selectors that ends at a brace, and says nothing."""
    assert not re.search(r",\s*}", path.read_text())


def test_every_kind_of_template_escapes() -> None:
    for source in ("{{ text }}", "{{ ui.badge(text) }}{{ ui.button(text, title=text) }}{{ ui.avatar(text) }}"):
        shown = environment().from_string(source).render(text='<img src=x onerror="x">')
        assert "<img" not in shown
