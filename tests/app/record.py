"""Requests with a history, written straight into the tables: what the audit reads, without running the engine."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import codec
from app.chain import GENESIS, link
from app.db import Db
from app.ids import uuid7
from app.tables import definitions, events, instances, tasks, tenants, users, versions

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PURCHASE: dict[str, Any] = {
    "format": "signoff/definition@1",
    "key": "purchase-approval",
    "name": "Purchase approval",
    "description": "Anything that costs money",
    "category": "Finance",
    "icon": "shopping-cart",
    "prefix": "PUR",
    "title": "{item}",
    "currency": "EUR",
    "data": {
        "type": "object",
        "required": ["item", "amount"],
        "properties": {
            "item": {"type": "string", "title": "What"},
            "amount": {"type": "number", "title": "Amount", "minimum": 0},
            "why": {"type": "string", "title": "Reason"},
        },
    },
    "start": "request",
    "steps": {
        "request": {"type": "start", "name": "Request", "outcomes": {"submitted": "approval"}},
        "approval": {
            "type": "approval",
            "name": "Approval",
            "levels": [
                {"name": "Manager", "when": "amount > 500", "who": [{"manager": 1}]},
                {"name": "Director", "when": "amount >= 5000", "who": [{"manager": 2}]},
            ],
            "automatic": {"when": "amount <= 500", "reason": "Below approval threshold"},
            "outcomes": {
                "approved": "end-approved",
                "rejected": "end-rejected",
                "changes_requested": "request",
            },
        },
        "end-approved": {"type": "end", "name": "Approved", "status": "approved"},
        "end-rejected": {"type": "end", "name": "Rejected", "status": "rejected"},
    },
}


class Record:
    """A tenant with people and one published definition, in which requests are made up."""

    def __init__(self, db: Db, key: str = "acme", document: dict[str, Any] = PURCHASE) -> None:
        self.db, self.tenant_id, self.version_id = db, uuid7(), uuid7()
        self.document, self.content_hash = document, sha256(codec.canonical(document)).digest()
        db.execute(insert(tenants).values(id=self.tenant_id, key=key, name=key.capitalize()))
        self.kim = self.person("Kim Lee", "Analyst")
        self.dana = self.person("Dana Reed", "Head of IT")
        self.bo = self.person("Bo Ek", "Director")
        definition_id = uuid7()
        told = {"key": document["key"], "name": document["name"], "latest": 1}
        db.execute(insert(definitions).values(id=definition_id, tenant_id=self.tenant_id, **told))
        db.execute(
            insert(versions).values(
                id=self.version_id,
                tenant_id=self.tenant_id,
                definition_id=definition_id,
                number=1,
                document=document,
                content_hash=self.content_hash,
            )
        )

    def person(self, name: str, title: str = "") -> UUID:
        key, handle = uuid7(), name.lower().replace(" ", ".")
        email = f"{handle}@{self.tenant_id.hex}.example"
        told = {"email": email, "handle": handle, "name": name, "title": title}
        self.db.execute(insert(users).values(id=key, tenant_id=self.tenant_id, **told))
        return key

    def started(self, amount: Any, title: str = "Laptop", **data: Any) -> tuple[str, dict[str, Any], str]:
        told = {
            "definition": self.document["key"],
            "version": 1,
            "content_hash": self.content_hash.hex(),
            "requester": str(self.kim),
            "title": title,
            "data": {"item": title, "amount": amount, **data},
            "step": "request",
            "to": "approval",
        }
        return ("InstanceStarted", told, "Kim Lee")

    def approved_by_hand(
        self, amount: Any = 1200, title: str = "Laptop", comment: str = "ok for Q3", **data: Any
    ) -> UUID:
        task = self.task()
        place = {"token": 1, "step": "approval"}
        asked = {"level": 0, "name": "Manager", "need": 1, "rest": [], "rule": "amount > 500"}
        opened = {**asked, "values": {"amount": amount}, "tasks": [{"id": task, "assignee": str(self.dana)}]}
        decided = {"task": task, "level": 0, "outcome": "approved", "comment": comment}
        return self.request(
            title,
            "approved",
            [
                self.started(amount, title, **data),
                ("LevelOpened", {**place, **opened}, "Signoff"),
                ("TaskDecided", {**place, **decided}, "Dana Reed"),
                ("StepCompleted", {**place, "outcome": "approved", "to": "end-approved"}, "Signoff"),
                ("InstanceEnded", {"token": 1, "step": "end-approved", "status": "approved"}, "Signoff"),
            ],
            data={"item": title, "amount": amount, **data},
        )

    def task(self) -> str:
        return str(uuid7())

    def request(
        self,
        title: str,
        status: str,
        story: Sequence[tuple[str, dict[str, Any], str]],
        *,
        began: datetime = BEGAN,
        data: dict[str, Any] | None = None,
    ) -> UUID:
        """One event an hour. A story's line is (type, data, actor)."""
        key, head, rows = uuid7(), GENESIS, []
        for number, (kind, told, actor) in enumerate(story):
            row = self._event(key, number + 1, kind, told, actor, began + timedelta(hours=number))
            head = link(head, row)
            rows.append({**row, "hash": head})
        over = rows[-1]["at"] if status != "waiting_approval" else None
        self.db.execute(
            insert(instances).values(
                id=key,
                tenant_id=self.tenant_id,
                version_id=self.version_id,
                prefix=self.document["prefix"],
                title=title,
                status=status,
                requester_id=self.kim,
                state={
                    "instance": str(key),
                    "requester": str(self.kim),
                    "data": data or {},
                    "seq": len(rows),
                },
                seq=len(rows),
                head=head,
                created_at=began,
                updated_at=rows[-1]["at"],
                ended_at=over,
            )
        )
        self.db.execute(insert(events), rows)
        self._tasks(key, rows)
        return key

    def _event(
        self, key: UUID, seq: int, kind: str, data: dict[str, Any], actor: str, at: datetime
    ) -> dict[str, Any]:
        people = {"Kim Lee": self.kim, "Dana Reed": self.dana, "Bo Ek": self.bo}
        own = actor in people
        return {
            "instance_id": key,
            "seq": seq,
            "tenant_id": self.tenant_id,
            "type": kind,
            "at": at,
            "actor_kind": "user" if own else "system",
            "actor_id": people.get(actor),
            "actor_name": actor,
            "source": "web" if own else "worker",
            "address": "192.0.2.7" if own else None,
            "agent": "Browser" if own else None,
            "command_id": None,
            "data": data,
        }

    def _tasks(self, key: UUID, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for task in row["data"].get("tasks", []):
                if isinstance(task, dict):
                    self.db.execute(
                        insert(tasks).values(
                            id=UUID(task["id"]),
                            tenant_id=self.tenant_id,
                            instance_id=key,
                            step=row["data"]["step"],
                            kind="approval",
                            name=row["data"].get("name", ""),
                            assignee_id=UUID(task["assignee"]),
                            status="approved",
                            opened_at=row["at"],
                        )
                    )
