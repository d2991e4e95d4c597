"""Load L: purchases through an order that can be undone, up to three levels and a webhook; some rejected, some late."""

from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Any

from e2e.chaos.client import Client
from e2e.chaos.sink import Notebook
from e2e.chaos.stage import Stage

AMOUNTS = (100, 800, 3000, 7000, 20000)
KEY = "chaos-purchase"
LATE = "PT6S"
# A worker that dies holds its work for half a minute, and may die again on the next step.
QUIET = 150.0


@dataclass(frozen=True)
class Plan:
    """What is to become of one request, and so the status a faultless run ends with."""

    number: int
    amount: int
    fate: str

    @property
    def status(self) -> str:
        return "approved" if self.fate == "approved" else "rolled_back"


def plan(number: int) -> Plan:
    """One in ten is rejected after its order was placed, one in ten is left until its time is up."""
    amount = AMOUNTS[number % len(AMOUNTS)]
    fate = {3: "rejected", 7: "late"}.get(number % 10, "approved") if amount > 500 else "approved"
    return Plan(number, amount, fate)


def document(world: str, path: str = "orders") -> dict[str, Any]:
    def call(place: str, method: str = "POST") -> dict[str, Any]:
        return {"method": method, "url": f"{world}/{place}", "body": {"item": "{item}", "amount": "{amount}"}}

    levels = [
        {"id": "manager", "name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]},
        {"id": "director", "name": "Director", "when": "amount >= 5000", "who": [{"group": "directors"}]},
        {
            "id": "board",
            "name": "Board",
            "when": "amount >= 10000",
            "who": [{"group": "board"}],
            "policy": {"quorum": 2},
        },
    ]
    timeout = {"after": {"field": "patience"}, "then": "reject"}
    small = {"outcome": "small", "when": "amount <= 500"}
    return {
        "format": "signoff/definition@1",
        "key": KEY if path == "orders" else f"{KEY}-{path.partition('/')[0]}",
        "name": "Chaos purchase",
        "prefix": "CH" if path == "orders" else f"CH{path.partition('/')[0].upper()}",
        "title": "{item}",
        "data": {
            "type": "object",
            "required": ["item", "amount", "patience"],
            "properties": {
                "item": {"type": "string"},
                "amount": {"type": "number"},
                "patience": {"type": "string", "minLength": 1},
            },
        },
        "start": "request",
        "steps": {
            "request": {"type": "start", "name": "Request", "outcomes": {"submitted": "order"}},
            "order": {
                "type": "action",
                "name": "Order",
                "call": call(path),
                "undo": call("orders/{result.body.id}", "DELETE"),
                "retry": {"attempts": 20, "first": "PT1M"},
                "outcomes": {"done": "amount", "failed": "failed"},
            },
            "amount": {
                "type": "decision",
                "name": "Small?",
                "branches": [small],
                "outcomes": {"small": "hook", "otherwise": "approval"},
            },
            "approval": {
                "type": "approval",
                "name": "Approval",
                "levels": levels,
                "timeout": timeout,
                "outcomes": {"approved": "hook", "rejected": "rejected"},
            },
            "hook": {
                "type": "action",
                "name": "Webhook",
                "call": call("hook"),
                "retry": {"attempts": 20, "first": "PT1M"},
                "outcomes": {"done": "approved", "failed": "failed"},
            },
            "approved": {"type": "end", "name": "Approved", "status": "approved"},
            "rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
            "failed": {"type": "end", "name": "Failed", "status": "failed"},
        },
    }


class Load:
    """ids: the request of each plan, as its start was answered."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        keys = stage.demo["api_keys"]
        self.ledger = Notebook(stage.folder / "ledger.jsonl")
        self.asks: Client = Client(stage.port, keys["requester"], self.ledger)
        self.decides: Client = Client(stage.port, keys["admin"], self.ledger)
        self.designs: Client = Client(stage.port, keys["designer"], self.ledger)
        self.ids: dict[int, str] = {}

    def publish(self, path: str = "orders") -> str:
        made = document(self.stage.world, path)
        answer = self.designs.post("/api/v1/definitions", {"document": made})
        assert answer.status == 201, answer
        return str(made["key"])

    def run(self, number: int) -> None:
        """One request from its start to its end, or to where it is left waiting."""
        self.start(number)
        self.carry(number)

    def start(self, number: int, key: str = KEY) -> str:
        what = plan(number)
        data = {"item": f"Item {number}", "amount": what.amount, "patience": LATE if what.fate == "late" else "P3D"}
        answer = self.asks.post("/api/v1/instances", {"definition": key, "data": data})
        assert answer.status == 201, answer
        self.ids[number] = answer.body["id"]
        return self.ids[number]

    def carry(self, number: int) -> None:
        what, instance = plan(number), self.ids[number]
        until, never = monotonic() + QUIET, Event()
        while monotonic() < until:
            seen = self.asks.get(f"/api/v1/instances/{instance}").body
            if seen["endedAt"] or (what.fate == "late" and seen["status"] == "waiting_approval"):
                return
            if seen["status"] == "waiting_approval" and not self._decide(instance, what):
                return
            never.wait(0.1)
        raise TimeoutError(f"request {number} stands at {seen['status']} ({seen['stuck']})")

    def _decide(self, instance: str, what: Plan) -> bool:
        """Whether there is more to decide."""
        asked = self.decides.get(f"/api/approvals/{instance}").body["request"]["approvers"]
        if not asked:
            return True
        if what.fate == "rejected":
            self.decides.post(f"/api/approvals/{instance}/reject", {"userId": asked[0], "reason": "not now"})
            return False
        self.decides.post(f"/api/approvals/{instance}/approve", {"userId": asked[0]})
        return True
