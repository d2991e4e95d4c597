"""`python -m app rules`: what a tenant allows or forbids beyond roles."""

from argparse import ArgumentParser
from collections.abc import Sequence

from app.errors import Missing
from app.logs import configure
from app.people import rules
from app.store.db import across_tenants


def main(arguments: Sequence[str]) -> int:
    parser = ArgumentParser(prog="python -m app rules", description="Allows or forbids something in one tenant.")
    parser.add_argument("tenant", help="its key, such as our-company")
    told = "; ".join(f"{name}: {meaning}" for name, (_, meaning) in rules.RULES.items())
    parser.add_argument("rule", choices=rules.RULES, help=told)
    parser.add_argument("value", choices=("yes", "no"))
    options = parser.parse_args(arguments)
    configure("WARNING")
    try:
        with across_tenants() as db:
            rules.set_rule(db, options.tenant, options.rule, options.value == "yes")
    except Missing as missing:
        print(missing.message)
        return 1
    print(f"{options.tenant}: {options.rule} is {options.value}.")
    return 0
