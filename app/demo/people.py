"""The people of the demo tenant: a small company with a line of managers and a board."""

from dataclasses import dataclass

TENANT, TENANT_NAME = "demo", "Lindholm & Partners"
DOMAIN = "demo.signoff.test"


@dataclass(frozen=True)
class Member:
    handle: str
    name: str
    title: str
    manager: str | None
    roles: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}"


ASKS = ("requester",)
DECIDES = ("requester", "approver")
PEOPLE = (
    Member("carla", "Carla Lindholm", "Managing director", None, DECIDES),
    Member("dana", "Dana Okafor", "Director, Technology", "carla", DECIDES),
    Member("david", "David Brandt", "Director, Finance", "carla", DECIDES),
    Member("bob", "Bob Fischer", "Engineering manager", "dana", DECIDES),
    Member("nina", "Nina Rossi", "Marketing manager", "david", DECIDES),
    Member("ann", "Ann Meyer", "Software engineer", "bob", ASKS),
    Member("leo", "Leo Martin", "Software engineer", "bob", ASKS),
    Member("mia", "Mia Schulz", "Campaign planner", "nina", ASKS),
    Member("pavel", "Pavel Novak", "Purchasing", "david", DECIDES),
    Member("irene", "Irene Costa", "Accounting", "david", DECIDES),
    Member("frank", "Frank Weber", "Board member", None, DECIDES),
    Member("grace", "Grace Kim", "Board member", None, DECIDES),
    Member("henry", "Henry Adeyemi", "Board member", None, DECIDES),
    Member("ada", "Ada Lund", "Process designer", "david", ("designer",)),
    Member("olga", "Olga Petrova", "Internal audit", None, ("auditor",)),
    Member("alex", "Alex Moreau", "Administrator", "dana", ("requester", "admin")),
)
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "directors": ("Directors", ("dana", "david")),
    "board": ("Board", ("frank", "grace", "henry")),
    "purchasing": ("Purchasing", ("pavel",)),
    "finance": ("Finance", ("irene",)),
    "compliance": ("Compliance", ("david", "carla")),
    "people-team": ("People team", ("nina",)),
}
# API keys by role: whose they are, and whether they may speak for others.
KEYS = {
    "admin": ("alex", True),
    "requester": ("ann", False),
    "approver": ("bob", False),
    "designer": ("ada", False),
    "auditor": ("olga", False),
}
