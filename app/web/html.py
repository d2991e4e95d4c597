"""Templates: one environment for all pages, and `page` that sends a whole page or the block HTMX asked for.

Every template may use the filters and globals below, `ui` (templates/parts/ui.html), and what `_frame` says
about the request.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2_fragments import render_block
from litestar import Response
from litestar.enums import MediaType
from markupsafe import Markup

from app import instances
from app.access import csrf
from app.access.principal import Principal
from app.people.zones import clock
from app.store.db import transaction
from app.web import flash, navigation
from app.web.badges import shown
from app.web.icons import sheet_address, symbols
from app.web.request import Asked
from engine.json_text import dumps
from engine.money import format_money
from engine.wording import relative_time
from engine.wording import values as words
from engine.wording.clock import WORLD, Clock

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "static"
# In the order in which they are read: the first names the layers, the last two stand outside of them.
SHEETS = (
    *(f"app/{name}.css" for name in ("tokens", "base", "frame", "page", "buttons", "values", "cards", "tables")),
    *(f"app/{name}.css" for name in ("filters", "notices", "story", "entrance", "helpers")),
    "forms.css",
    "form_layout.css",
    "rows.css",
    *(f"stage/{name}.css" for name in ("frame", "cards", "chips", "drawing", "list")),
)
THEMES = ("light", "dark")
SHADES = 6
NOTICES = "notices"
# Whose clock the moments of a page are told by. Macros have no context of their own to find it in.
_reader: ContextVar[Clock] = ContextVar("reader", default=WORLD)
PLACES = {"main": navigation.MAIN, "admin": navigation.ADMIN, "own": navigation.OWN}


def page(
    request: Asked, template: str, /, *, block: str | None = None, status: int = 200, **values: Any
) -> Response[str]:
    """The block alone when HTMX wants to fill the element whose id is the block's name."""
    content = {**_frame(request), **values}
    _reader.set(clock_of(content["principal"] or content.get("who")))
    if block and _fragment(request) and request.headers.get("hx-target") == block:
        return _answer(render_block(environment(), template, block, content), status)
    _count(request)
    content["flash"] = flash.read(request)
    answer = _answer(environment().get_template(template).render(content), status)
    flash.forget(request, answer)
    return answer


def fragments(
    request: Asked, template: str, blocks: Sequence[str], /, *, status: int = 200, focus: str = "", **values: Any
) -> Response[str]:
    """Several blocks of a page for HTMX: the first fills what asked, each other one the element whose id is its name.

    `beside` is true in those. focus: id of the element that has the focus afterwards.
    """
    content = {**_frame(request), **values}
    _reader.set(clock_of(content["principal"]))
    parts = (
        render_block(environment(), template, block, content | {"beside": number > 0})
        for number, block in enumerate(blocks)
    )
    answer = _answer("\n".join(parts), status)
    if focus:
        answer.headers["HX-Trigger-After-Settle"] = dumps({"focus-on": focus}).decode()
    return answer


def clock_of(reader: Principal | None) -> Clock:
    return clock(reader.zone, own=True) if reader else WORLD


def _count(request: Asked) -> None:
    """What is stuck, for the navigation of those who can help; once for a page."""
    principal = request.scope["state"].get("principal")
    if principal and principal.may("effect:manage"):
        with transaction(principal.tenant_id) as db:
            request.scope["state"]["counts"] = {"/tasks": instances.count_stuck(db, principal)}


def failure(request: Asked, status: int, title: str, message: str, facts: dict[str, Any]) -> Response[str]:
    """A page of its own; on a page that asked through HTMX a notice, and nothing else of it changes."""
    content = {**_frame(request), "title": title, "message": message, "facts": facts, "code": status}
    if not _fragment(request):
        return _answer(environment().get_template("errors/show.html").render(content), status)
    answer = _answer(render_block(environment(), "errors/show.html", "notice", content), status)
    answer.headers |= {"HX-Retarget": f"#{NOTICES}", "HX-Reswap": "innerHTML"}
    return answer


def _fragment(request: Asked) -> bool:
    headers = request.headers
    whole = "hx-boosted" in headers or "hx-history-restore-request" in headers
    return "hx-request" in headers and not whole


def _answer(text: str, status: int) -> Response[str]:
    headers = {"Vary": "HX-Request, HX-Target"}
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def _frame(request: Asked) -> dict[str, Any]:
    """Errors on unknown addresses come before anybody is told apart: then there is nobody and no token."""
    state: dict[str, Any] = request.scope.get("state") or {}
    principal = state.get("principal")
    theme = request.cookies.get("theme", "")

    def can(permission: str) -> bool:
        return principal is not None and bool(principal.may(permission))

    return {
        "principal": principal,
        "can": can,
        "places": lambda which, at="": navigation.shown(
            PLACES[which], can, at or request.url.path, state.get("counts", {})
        ),
        "csrf_token": state.get("csrf_token", ""),
        "path": request.url.path,
        "flash": None,
        "theme": theme if theme in THEMES else "",
    }


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    made.filters |= {
        "money": money,
        "number": words.number,
        "count": words.count,
        "listed": words.listed,
        "plain_name": words.plain_name,
        "remark": words.remark,
        "initials": words.initials,
        "shade": shade,
        "when": _in_zone(relative_time.when),
        "since": lambda at: relative_time.since(at, datetime.now(UTC), _reader.get()),
        "left": lambda at: relative_time.left(at, datetime.now(UTC)),
        "urgency": lambda at: relative_time.urgency(at, datetime.now(UTC)),
        "date": _in_zone(relative_time.calendar_day),
        "exact": lambda at: _reader.get().moment(at),
        "clock": lambda at: _reader.get().time(at),
        "day": lambda at: _reader.get().local(at).date(),
        "duration": relative_time.duration,
        "json": lambda value: dumps(value).decode(),
        "shown": shown,
        "attributes": attributes,
    }
    made.globals |= {"asset": asset, "icons": symbols(), "csrf_field": csrf_field, "csrf_header": csrf.HEADER}
    made.globals |= {"sheets": SHEETS, "icon_sheet": sheet_address()}
    made.globals["ui"] = made.get_template("parts/ui.html").module
    return made


def money(amount: int | Decimal, currency: str) -> str:
    return format_money(amount, currency).replace(" ", "\N{NO-BREAK SPACE}")


def shade(name: str) -> int:
    """Which of the few colours stands for a person: always the same one."""
    return crc32(name.encode()) % SHADES + 1


def _in_zone(wording: Any) -> Any:
    return lambda at: wording(at, datetime.now(UTC), _reader.get().zone)


def attributes(given: dict[str, Any]) -> Markup:
    """A macro's further keywords: hx_post="/x" becomes hx-post="/x", True stands alone, False is left out."""
    parts = [(name.rstrip("_").replace("_", "-"), value) for name, value in given.items()]
    written = (
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in parts
        if value is not None and value is not False
    )
    return Markup("").join(written)


@pass_context
def csrf_field(context: Context) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, context["csrf_token"])


@cache
def asset(name: str) -> str:
    """The address of a static file, new with every content, so that browsers may keep it for ever."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
