"""`python -m app VERB`: one verb for each part. A verb imports its part only when it is called."""

import sys
from importlib import import_module

from sqlalchemy.exc import OperationalError

from app.config import SettingError, table

VERBS = {
    "run": ("app.processes.supervisor", "everything at once, with embedded servers where none are set"),
    "web": ("app.web.server", "the web server"),
    "worker": ("app.effects.worker", "does effects: mail, calls, reports"),
    "scheduler": ("app.effects.scheduler", "fires due timers and finds what got lost"),
    "migrate": ("app.store.migrate", "bring the database's schema up to date"),
    "seed": ("app.demo.seed", "load the demo tenant"),
    "audit": ("app.audit.command", "verify: recompute every chain of events"),
    "bench": ("app.bench", "round-trip, wake-up, advance: measure deciding and what follows"),
    "definitions": ("app.definitions_command", "check, simulate, diff: definitions in files"),
    "forms": ("app.forms_command", "a form as HTML, and its post as data"),
    "tick": ("app.effects.scheduler:tick", "fire what is due, as if it were later"),
    "key": ("app.access.key_command", "make, list and revoke API keys"),
    "people": ("app.people.erase_command", "erase: take a person who left out of everything, for ever"),
    "tenant": ("app.people.command", "make a tenant with its first administrator"),
    "rules": ("app.people.rules_command", "what a tenant allows beyond roles: authors who ask, calls that approve"),
}
SETTINGS = ("settings", "print the table of settings")


def usage() -> str:
    lines = [*((verb, what) for verb, (_, what) in VERBS.items()), SETTINGS]
    listed = "\n".join(f"  {verb:<12} {what}" for verb, what in lines)
    return f"python -m app VERB\n\n{listed}\n\nSettings come from the environment: see README.md."


def main(arguments: list[str]) -> int:
    verb, *rest = arguments or ["help"]
    if verb in ("help", "-h", "--help"):
        print(usage())
        return 0
    if verb == SETTINGS[0]:
        print(table())
        return 0
    if verb not in VERBS:
        print(f"There is no verb {verb!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        module, _, function = VERBS[verb][0].partition(":")
        return int(getattr(import_module(module), function or "main")(rest))
    except SettingError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except OperationalError as lost:
        print(f"The database does not answer: {lost.orig}\nStart it, or name it with DATABASE_URL.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
