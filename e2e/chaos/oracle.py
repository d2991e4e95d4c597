"""What must hold after every fault, read from the database, the sink and the client's ledger: O1 to O10."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from msgspec import convert

from app.config import embedded_database_url
from e2e.chaos import sink
from e2e.chaos.load import Load, plan
from e2e.chaos.stage import ROOT, Stage, wait
from engine import json_text
from engine.interpreter import fold
from engine.state import State

QUIET_SECONDS = 60.0
# Nothing may be left that nobody is doing: no call under way, no effect that is due.
RESTLESS = """
SELECT count(*) FROM effects WHERE status = 'pending' AND kind <> 'report'
"""
STUCK = """
SELECT i.id FROM instances i WHERE i.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.instance_id = i.id AND t.status = 'pending')
  AND NOT EXISTS (SELECT FROM timers m WHERE m.instance_id = i.id)
  AND NOT EXISTS (SELECT FROM effects e WHERE e.instance_id = i.id AND e.status IN ('pending', 'dead'))
"""
TWICE_DECIDED = """
SELECT data->>'task' FROM events WHERE type = 'TaskDecided' GROUP BY 1 HAVING count(*) > 1
"""
TWICE_APPLIED = """
SELECT data->>'effect' FROM events WHERE type IN ('CallDone', 'CallFailed', 'CompensationDone')
GROUP BY 1 HAVING count(*) > 1
"""
GAPS = """
SELECT instance_id FROM events GROUP BY 1 HAVING count(*) <> max(seq) OR min(seq) <> 1
"""


@dataclass
class Verdict:
    """Each list is what is wrong; repeats: requests the sink saw again with the same key, which is allowed."""

    wrong: dict[str, list[Any]] = field(default_factory=dict)
    repeats: int = 0

    def check(self, name: str, found: list[Any]) -> None:
        self.wrong[name] = found

    @property
    def clean(self) -> bool:
        return not any(self.wrong.values())

    def __str__(self) -> str:
        parts = [f"{name}: {len(found)}" + (f" {found[:3]}" if found else "") for name, found in self.wrong.items()]
        return f"{', '.join(parts)}, repeats at the sink: {self.repeats}"


def judge(stage: Stage, load: Load) -> Verdict:
    verdict = Verdict()
    with stage.database() as db:
        wait(lambda: not _one(db, RESTLESS), "the last effects", QUIET_SECONDS)
        wait(lambda: not _unfinished(db, load), "the last requests", QUIET_SECONDS)
        verdict.check("O1 answered and missing", _missing(db, stage))
        verdict.check("O2 stuck", [row[0] for row in db.execute(STUCK)])
        verdict.check("O3 other end", _other_end(db, load))
        verdict.check("O4 decided twice", [row[0] for row in db.execute(TWICE_DECIDED)])
        verdict.check("O5 applied twice", [row[0] for row in db.execute(TWICE_APPLIED)])
        verdict.check("O6 sink and effects differ", _sink(db, stage, verdict))
        verdict.check("O7 fold is not the state", _folds(db))
        verdict.check("O9 gaps", [row[0] for row in db.execute(GAPS)])
    verdict.check("O8 audit verify", _audit(stage))
    verdict.check("O10 unexpected answers", load.asks.unexpected + load.decides.unexpected + load.designs.unexpected)
    return verdict


def _one(db: Any, sql: str) -> int:
    found: int = db.execute(sql).fetchone()[0]
    return found


def _unfinished(db: Any, load: Load) -> list[str]:
    ids = list(load.ids.values())
    return [
        str(row[0]) for row in db.execute("SELECT id FROM instances WHERE id = ANY(%s) AND ended_at IS NULL", [ids])
    ]


def _missing(db: Any, stage: Stage) -> list[str]:
    """Answered with success, and not in the database: a start without its request, a decision without its event."""
    answered, asked = {}, {}
    for line in sink.read(stage.folder / "ledger.jsonl"):
        if "intent" in line:
            asked[line["intent"]] = line["path"]
        elif line["status"] < 300:
            answered[line["answer"]] = line["body"]
    starts = {body["id"] for key, body in answered.items() if asked[key] == "/api/v1/instances"}
    known = {str(row[0]) for row in db.execute("SELECT id FROM instances")}
    decided = Counter(
        path.split("/")[3] for key, path in asked.items() if path.endswith(("/approve", "/reject")) and key in answered
    )
    counted = dict(
        db.execute("SELECT instance_id::text, count(*) FROM events WHERE type = 'TaskDecided' GROUP BY 1").fetchall()
    )
    return [*(starts - known), *(instance for instance, many in decided.items() if counted.get(instance, 0) < many)]


def _other_end(db: Any, load: Load) -> list[tuple[int, str]]:
    status = dict(db.execute("SELECT id::text, status FROM instances").fetchall())
    return [(number, status[one]) for number, one in load.ids.items() if status[one] != plan(number).status]


def _sink(db: Any, stage: Stage, verdict: Verdict) -> list[str]:
    """Every call that was done reached the world under its own key, and nothing else did."""
    seen = Counter(line["key"] for line in sink.read(stage.notes) if line["what"] == "http")
    done = {
        str(row[0]) for row in db.execute("SELECT id FROM effects WHERE kind IN ('call', 'undo') AND status = 'done'")
    }
    asked = {str(row[0]) for row in db.execute("SELECT id FROM effects WHERE kind IN ('call', 'undo')")}
    own = {key for key in seen if key in asked}
    verdict.repeats = sum(seen[key] - 1 for key in own)
    ours = {key for key in done if _for_sink(db, key, stage)}
    return sorted((set(seen) - asked) | (ours - own))


def _for_sink(db: Any, effect: str, stage: Stage) -> bool:
    row = db.execute("SELECT payload->'call'->>'url' FROM effects WHERE id = %s", [effect]).fetchone()
    return str(row[0]).startswith(stage.world)


def _folds(db: Any) -> list[str]:
    told: dict[str, list[tuple[str, Any]]] = {}
    for instance, kind, data in db.execute(
        "SELECT instance_id::text, type, data::text FROM events ORDER BY instance_id, seq"
    ):
        told.setdefault(instance, []).append((kind, json_text.loads(data)))
    wrong = []
    for instance, state in db.execute("SELECT id::text, state::text FROM instances"):
        if fold(told[instance]) != convert(json_text.loads(state), State):
            wrong.append(instance)
    return wrong


def _audit(stage: Stage) -> list[str]:
    environ = {
        **os.environ,
        "DATABASE_URL": embedded_database_url(stage.folder),
        "DATA_DIR": str(stage.folder / "data"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "app", "audit", "verify", "--json"],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )
    return [] if ran.returncode == 0 else [json.dumps(ran.stdout[-500:] + ran.stderr[-500:])]
