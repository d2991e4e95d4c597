"""`python -m app key`: make, list and revoke API keys where there is no browser at hand."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from app.access import keys
from app.access.permissions import PERMISSIONS, permissions_of
from app.access.principal import system
from app.audit import tenant_log
from app.errors import Forbidden, Missing, Refusal
from app.logs import configure
from app.store.db import Db, across_tenants
from app.store.tables import api_keys, users
from app.store.tables.base import linked
from engine.events.access import KeyRevoked


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    configure("WARNING")
    try:
        with across_tenants() as db:
            print(options.does(db, options))
    except Refusal as refused:
        details = [error["message"] for error in refused.facts.get("errors", [])]
        print(" ".join([refused.message, *details]))
        return 1
    return 0


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m app key", description="API keys of programs.")
    verbs = parser.add_subparsers(required=True)
    make = verbs.add_parser("make", help="print a new key; it is shown only now")
    make.add_argument("email", help="the person it acts for")
    make.add_argument("name", help="what will use it")
    make.add_argument(
        "--may", nargs="+", metavar="PERMISSION", choices=PERMISSIONS, help="default: what the person may"
    )
    make.add_argument("--days", type=int, help="how long it lasts; default: for ever, except with --speaks-for-others")
    make.add_argument("--speaks-for-others", action="store_true", help="userId in a call may name anybody")
    make.set_defaults(does=_make)
    shown = verbs.add_parser("list", help="every key with its prefix")
    shown.set_defaults(does=_list)
    revoke = verbs.add_parser("revoke", help="stop a key at once, for good")
    revoke.add_argument("prefix", help="as `list` shows it")
    revoke.set_defaults(does=_revoke)
    return parser.parse_args(arguments)


def _make(db: Db, options: Namespace) -> str:
    person = db.execute(select(users).where(func.lower(users.c.email) == options.email.lower())).first()
    if person is None:
        raise Missing(f"Nobody has the address {options.email}.")
    scopes = options.may or permissions_of(person.roles)
    wanted = keys.Wanted(options.name, scopes, options.days, options.speaks_for_others)
    keys.check(wanted)
    if wanted.speaks_for_others and keys.MANAGES not in permissions_of(person.roles):
        raise Forbidden(f"A key speaks for others while its owner manages keys, and {person.name} does not.")
    return keys.issue(db, person.tenant_id, person.id, wanted)[1]


def _list(db: Db, _: Namespace) -> str:
    now = datetime.now(UTC)
    query = select(api_keys, users.c.email).join(users, linked(users.c.id, api_keys.c.user_id))
    rows = db.execute(query.order_by(api_keys.c.id)).all()
    lines = [f"{row.prefix}  {keys.state(row, now):<8} {row.email:<30} {row.name}" for row in rows]
    return "\n".join(lines) or "There are no keys."


def _revoke(db: Db, options: Namespace) -> str:
    query = update(api_keys).where(api_keys.c.prefix == options.prefix, api_keys.c.revoked_at.is_(None))
    revoked = db.execute(query.values(revoked_at=func.now()).returning(api_keys.c.id, api_keys.c.tenant_id)).all()
    if not revoked:
        raise Missing(f"No working key begins with {options.prefix}.")
    for row in revoked:
        tenant_log.note(db, row.tenant_id, system(row.tenant_id), KeyRevoked(str(row.id)))
    return f"Revoked {len(revoked)}."
