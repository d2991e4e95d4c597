"""What messages say: two files of templates/messages for each kind, and the .txt also sets the subject."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.messages.context import About, Question
from engine.wording.changes import Change
from engine.wording.values import UNSEEN, clean

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
MOST_FIELDS = 12
LONGEST_SUBJECT = 150


@dataclass(frozen=True)
class Letter:
    """Everything a message is written from. url: the one thing to click, empty where there is none.

    by, comment: whoever answered last and what they said. late: who did not answer in time.
    ended: what became of the request, in words. unanswered: what passed though not everybody answered.
    changes: since the reader last decided. why: it ended so, or is stuck.
    """

    kind: str
    name: str
    url: str
    about: About
    question: Question | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    comment: str = ""
    late: list[str] = field(default_factory=list)
    ended: str = ""
    unanswered: str = ""
    changes: list[Change] = field(default_factory=list)
    why: str = ""


@dataclass(frozen=True)
class Written:
    subject: str
    text: str
    html: str


def write(letter: Letter) -> Written:
    values = {"letter": letter, "about": letter.about, "question": letter.question, "facts": letter.facts}
    return fill(letter.kind, values)


def fill(kind: str, values: dict[str, Any]) -> Written:
    text = _templates.get_template(f"messages/{kind}.txt").make_module(values)
    html = _templates.get_template(f"messages/{kind}.html").render(values)
    subject = clean(str(text.subject), LONGEST_SUBJECT)  # type: ignore[attr-defined] # set by the template
    return Written(subject, _tidy(str(text)), html)


def _tidy(text: str) -> str:
    joined = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", joined) + "\n"


def lines(text: Any) -> list[str]:
    """What a person wrote, line by line, without marks that could turn the text around them."""
    return [UNSEEN.sub(" ", line).strip() for line in str(text or "").splitlines() if line.strip()]


def quoted(text: Any) -> str:
    """Somebody's words in a plain text, set apart so that they cannot pass for ours."""
    return "\n".join(f"> {line}" for line in lines(text))


def words(text: Any) -> str:
    return clean(str(text or "")).replace("_", " ")


_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_templates.filters |= {"lines": lines, "quoted": quoted, "words": words, "clean": clean}
_templates.globals |= {"most_fields": MOST_FIELDS}
