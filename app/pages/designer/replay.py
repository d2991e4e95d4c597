"""Past requests run through a draft: which of them would go another way, in words."""

from typing import Any

from litestar import Response, Router
from litestar.params import FromPath, FromQuery

from app.access.middleware import need
from app.access.principal import Principal
from app.drafts import replays, trials
from app.drafts.trials import Trial
from app.errors import Missing
from app.runtime.directories import seen
from app.store.db import Db, transaction
from app.web.html import page
from app.web.request import Asked, cursor, principal
from app.web.routes import get


@get("/definitions/{key:str}/draft/try/past", include_in_schema=False, guards=[need("definition:publish")])
def replay(request: Asked, key: FromPath[str], of: FromQuery[str] = "") -> Response[Any]:
    """of: the id of one request; otherwise the newest."""
    who = principal(request)
    with transaction(who.tenant_id) as db:
        trial = trials.get(db, who, key)
        taken, directory = _taken(db, who, trial, of) if trial.definition else [], seen(db, who.tenant_id)
    found = replays.replayed(trial.definition, directory, taken) if trial.definition else []
    return page(
        request,
        "designer/try_past.html",
        draft=trial.draft,
        here=f"/definitions/{trial.draft.key}/draft",
        runnable=trial.definition is not None,
        found=sorted(found, key=lambda one: (not one.differences, not one.lacks)),
        other=[one for one in found if one.differences],
        same=[one for one in found if not one.differences and not one.lacks],
        unknown=[one for one in found if one.lacks],
        single=bool(of),
    )


def _taken(db: Db, who: Principal, trial: Trial, of: str) -> list[replays.Taken]:
    """Raises Missing."""
    if not of:
        return replays.newest(db, who, trial.draft.definition)
    wanted = cursor(of)
    if wanted is None:
        raise Missing("There is no such request.")
    return replays.one(db, who, trial.draft.definition, wanted)


router = Router("/", route_handlers=[replay])
