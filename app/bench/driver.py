"""The ceiling's statements sent by Python, one after the other through the driver: no interpreter, no proof, no forms.

What lies between this and the ceiling is what this machine asks of any Python program.
"""

import threading
import time

import psycopg
from psycopg.types.json import Jsonb

_own = threading.local()


def one(url: str, starts: list[float], decisions: list[float]) -> None:
    begin = time.perf_counter()
    instance, task = _ask(_connection(url))
    starts.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    _decide(_connection(url), instance, task)
    decisions.append(time.perf_counter() - begin)


def _connection(url: str) -> psycopg.Connection[tuple[int]]:
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(url, prepare_threshold=0)
    found: psycopg.Connection[tuple[int]] = _own.connection
    return found


def _ask(connection: psycopg.Connection[tuple[int]]) -> tuple[int, int]:
    data = Jsonb({"amount": 900, "item": "Laptop"})
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO ceiling.instances (status, data) VALUES ('waiting', %s) RETURNING id", [data])
        (instance,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO ceiling.tasks (instance_id, assignee, status) VALUES (%s, 'bob', 'pending') RETURNING id",
            [instance],
        )
        (task,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO ceiling.events (instance_id, seq, type, data) VALUES (%s, 1, 'asked', %s)", [instance, data]
        )
    return instance, task


def _decide(connection: psycopg.Connection[tuple[int]], instance: int, task: int) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ceiling.tasks SET status = 'approved', decided_by = 'bob', decided_at = now()"
            " WHERE id = %s AND status = 'pending'",
            [task],
        )
        cursor.execute("UPDATE ceiling.instances SET status = 'approved', updated_at = now() WHERE id = %s", [instance])
        cursor.execute(
            "INSERT INTO ceiling.events (instance_id, seq, type, data)"
            """ VALUES (%(id)s, 2, 'approved', '{"by": "bob"}'), (%(id)s, 3, 'ended', '{}')""",
            {"id": instance},
        )
