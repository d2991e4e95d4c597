"""`python -m app tenant`: a tenant with its first administrator, for an installation that is not a demo."""

from argparse import ArgumentParser
from collections.abc import Sequence

from app.errors import Refusal
from app.logs import configure
from app.people import Details, tenancy
from app.store.db import across_tenants

# What the first person needs to publish a definition, ask for something and invite the others.
FIRST_ROLES = ("admin", "designer", "requester")


def main(arguments: Sequence[str]) -> int:
    parser = ArgumentParser(prog="python -m app tenant", description="Makes a tenant and prints a first password.")
    parser.add_argument("tenant", help="its name")
    parser.add_argument("name", help="the administrator's name")
    parser.add_argument("email", help="the administrator's address, to log in with")
    options = parser.parse_args(arguments)
    configure("WARNING")
    admin = Details(name=options.name, email=options.email, roles=FIRST_ROLES)
    try:
        with across_tenants() as db:
            password = tenancy.found(db, options.tenant, admin)
    except Refusal as refused:
        details = [error["message"] for error in refused.facts.get("errors", [])]
        print(" ".join([refused.message, *details]))
        return 1
    print(f"{options.email} logs in with {password} (shown only now)")
    return 0
