"""`python -m app people erase`: takes what identifies a person who left out of the database, for ever."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from sqlalchemy import func, select

from app.access.permissions import permissions_of
from app.access.principal import Principal, system
from app.errors import Missing, Refusal
from app.logs import configure
from app.people import erasure
from app.store.db import Db, across_tenants
from app.store.tables import tenants, users


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    configure("WARNING")
    try:
        with across_tenants() as db:
            done = _erase(db, options)
    except Refusal as refused:
        print(refused.message)
        return 1
    print(f"Erased {done.values} values, {done.files} files, {done.messages} mails, {done.reports} finished reports.")
    for place in done.left:
        print(f"Still named in {place}")
    print("Run VACUUM on the database, and let backups and log archives of before expire.")
    return 0


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m app people", description="People, from the command line.")
    erase = parser.add_subparsers(required=True).add_parser("erase", help="take a person who left out of everything")
    erase.add_argument("tenant", help="its key")
    erase.add_argument("email", help="the person's address")
    erase.add_argument("--also", nargs="+", default=[], metavar="WORD", help="other words that tell who it is")
    erase.add_argument("--yes", action="store_true", required=True, help="it cannot be undone")
    return parser.parse_args(arguments)


def _erase(db: Db, options: Namespace) -> erasure.Erased:
    named = select(users).join(tenants, tenants.c.id == users.c.tenant_id).where(tenants.c.key == options.tenant)
    person = db.execute(named.where(func.lower(users.c.email) == options.email.lower())).first()
    if person is None:
        raise Missing(f"Nobody in the tenant “{options.tenant}” has the address {options.email}.")
    return erasure.erase(db, _admin(system(person.tenant_id)), person.id, tuple(options.also))


def _admin(who: Principal) -> Principal:
    roles = frozenset({"admin"})
    return Principal(who.tenant_id, who.user_id, who.name, who.email, roles, permissions_of(roles), via=who.via)
