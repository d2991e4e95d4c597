"""Every setting, read once from the environment into one frozen object."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from engine.registry import discover

LONGEST_SOCKET_PATH = 100
MOST_WEB_PROCESSES = MOST_WORKER_PROCESSES = 4
# What the product logs in as where it chooses; a migration makes the role.
APP_ROLE = "signoff_app"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingError(ValueError):
    """A variable that cannot be used; the message names it and says what it takes."""


class Variable(NamedTuple):
    """One that a plug-in declares in its file; its value is a text. shown: as for `setting`."""

    default: str
    doc: str
    shown: str = ""


def setting(default: str, doc: str, shown: str | None = None) -> Any:
    """`shown` is what the table gives as default where the real one is worked out at start."""
    return field(metadata={"default": default, "doc": doc, "shown": shown or default})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One field for each variable; the variable has the field's name in capitals."""

    database_url: str = setting("", "PostgreSQL 15 or newer. Unset: the embedded one in `DATA_DIR`.", "embedded")
    owner_database_url: str = setting(
        "",
        "The same database as the owner of its tables, for `migrate` alone. Unset: `DATABASE_URL`.",
        "DATABASE_URL",
    )
    redis_url: str = setting(
        "",
        "Redis 7 or Valkey; may be empty or lost at any time. Unset: the embedded one in `DATA_DIR`.",
        "embedded",
    )
    data_dir: Path = setting(".data", "Where the embedded servers, the logs and the generated secret live.")
    host: str = setting("127.0.0.1", "Address the web server listens on.")
    port: int = setting("8000", "Port the web server listens on.")
    base_url: str = setting("", "Address people reach the product at, as written into mails.", "http://HOST:PORT")
    secret_key: str = setting("", "Signs links and form tokens; at least 32 characters.", "made on first start")
    cookie_secure: bool = setting("", "Send cookies over HTTPS only.", "yes when BASE_URL is https")
    session_idle_minutes: int = setting("30", "A session ends after this long without a click.")
    session_hours: int = setting("12", "A session ends after this long in any case.")
    outgoing_allow: frozenset[str] = setting(
        "", "Private addresses that calls may reach all the same, as `host:port,host:port`.", "none"
    )
    secrets_file: str = setting(
        "",
        "TOML file of the secrets that calls may send, for web and workers; see “Secrets of calls”.",
        "none",
    )
    demo: bool = setting(
        "no",
        "Load the demo tenant into an empty database and show who can log in. On loopback, and until there is a "
        "second tenant.",
        "no; `run` on loopback: yes",
    )
    trusted_proxies: frozenset[str] = setting(
        "",
        "Addresses or networks of the proxies in front, as `10.0.0.7,10.1.0.0/16`: they alone are believed about "
        "where a request comes from.",
        "none",
    )
    asks_per_minute: int = setting("6000", "Requests that one key may make in a minute; 0: no limit. People: 60.")
    asks_per_hour: int = setting("100000", "The same for an hour. People: 600.")
    mails_per_hour: int = setting(
        "500", "Mails to one person in an hour; what is more is only kept under Mail. 0: no limit."
    )
    web_processes: int = setting(
        str(min(MOST_WEB_PROCESSES, os.cpu_count() or 1)),
        "Web processes that `run` starts.",
        f"one per core, at most {MOST_WEB_PROCESSES}",
    )
    worker_processes: int = setting(
        str(min(MOST_WORKER_PROCESSES, max(1, (os.cpu_count() or 1) // 2))),
        "Worker processes that `run` starts.",
        f"one for two cores, at most {MOST_WORKER_PROCESSES}",
    )
    worker_threads: int = setting("4", "Threads of one worker process.")
    lease_seconds: int = setting("30", "How long a worker owns an effect before another may take it up.")
    sweep_seconds: float = setting("5", "How often lost or due work is looked for.")
    retry_factor: float = setting("1", "Multiplies every wait before another try; tests set it below one.")
    log_level: str = setting("INFO", f"One of {', '.join(LEVELS)}.")
    # What channels declare in their files, by variable, as it is given.
    channels: Mapping[str, str] = field(default_factory=dict)


OWN = tuple(item for item in fields(Settings) if item.metadata)


def declared() -> dict[str, Variable]:
    """The variables of all channels, a file each, which are looked for here so that nobody has to name them."""
    modules = discover("app.channels").values()
    return {name: one for module in modules for name, one in getattr(module, "SETTINGS", {}).items()}


@cache
def settings() -> Settings:
    return read(os.environ)


def read(environ: Mapping[str, str]) -> Settings:
    given = {
        item.name: _parse(item.name, item.type, environ.get(item.name.upper()) or item.metadata["default"])
        for item in OWN
    }
    given["channels"] = {name: environ.get(name) or one.default for name, one in declared().items()}
    given["data_dir"] = given["data_dir"].expanduser().absolute()
    given["base_url"] = (given["base_url"] or _address(given["host"], given["port"])).rstrip("/")
    owner = given["owner_database_url"] or given["database_url"] or embedded_database_url(given["data_dir"])
    given["owner_database_url"] = _with_driver(owner)
    given["database_url"] = _with_driver(given["database_url"] or embedded_database_url(given["data_dir"], APP_ROLE))
    given["redis_url"] = given["redis_url"] or embedded_redis_url(given["data_dir"])
    given["secret_key"] = given["secret_key"] or _kept_secret(given["data_dir"])
    if not environ.get("COOKIE_SECURE"):
        given["cookie_secure"] = given["base_url"].startswith("https:")
    _check(given)
    return Settings(**given)


def _parse(name: str, kind: Any, text: str) -> Any:
    try:
        if kind is bool:
            return _yes(text)
        if kind == frozenset[str]:
            return frozenset(part.strip() for part in text.split(",") if part.strip())
        return kind(text)
    except ValueError:
        wanted = {int: "a whole number", float: "a number", bool: "yes or no"}[kind]
        raise SettingError(f"{name.upper()} is {text!r}; it takes {wanted}.") from None


def _yes(text: str) -> bool:
    word = text.lower()
    if word in ("1", "yes", "true", "on"):
        return True
    if word in ("", "0", "no", "false", "off"):
        return False
    raise ValueError(text)


def _check(given: Mapping[str, Any]) -> None:
    if not 1 <= given["port"] <= 65535:
        raise SettingError(f"PORT is {given['port']}; it takes a number from 1 to 65535.")
    if given["log_level"] not in LEVELS:
        raise SettingError(f"LOG_LEVEL is {given['log_level']!r}; it takes one of {', '.join(LEVELS)}.")
    if len(given["secret_key"]) < 32:
        raise SettingError("SECRET_KEY is shorter than 32 characters.")
    if urlsplit(given["base_url"]).scheme not in ("http", "https"):
        raise SettingError(f"BASE_URL is {given['base_url']!r}; it takes an http or https address.")
    counts = ("web_processes", "worker_processes", "worker_threads", "lease_seconds", "sweep_seconds")
    for name in (*counts, "session_idle_minutes", "session_hours"):
        if not given[name] > 0:
            raise SettingError(f"{name.upper()} is {given[name]}; it takes more than zero.")
    for name in ("asks_per_minute", "asks_per_hour", "mails_per_hour", "retry_factor"):
        if not given[name] >= 0:
            raise SettingError(f"{name.upper()} is {given[name]}; it takes zero or more.")
    for network in given["trusted_proxies"]:
        _check_network(network)
    _check_demo(given)


def _check_demo(given: Mapping[str, Any]) -> None:
    if given["demo"] and not is_loopback(given["host"]):
        raise SettingError(
            f"DEMO shows its password to everybody who opens the log-in page, and HOST is {given['host']!r}. "
            "Leave DEMO out, or listen on this machine alone: HOST=127.0.0.1."
        )


def _check_network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError:
        raise SettingError(f"TRUSTED_PROXIES has {text!r}; it takes addresses and networks, as 10.1.0.0/16.") from None


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(host: str, port: int) -> str:
    host = reachable(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable(host: str) -> str:
    """Where a program on this machine finds a server that listens on `host`."""
    return "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared with, not listened on


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def embedded_database_url(data_dir: Path, role: str = "postgres") -> str:
    return f"postgresql://{role}@/signoff?host={quote(str(socket_dir(data_dir / 'postgres')))}"


def embedded_redis_url(data_dir: Path) -> str:
    return f"unix://{quote(str(socket_dir(data_dir / 'redis')))}/redis.sock"


def socket_dir(folder: Path) -> Path:
    """The folder itself, unless the system would refuse the socket's path as too long."""
    if len(str(folder / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
        return folder
    return Path(tempfile.gettempdir()) / f"signoff-{sha256(str(folder).encode()).hexdigest()[:16]}"


def _kept_secret(data_dir: Path) -> str:
    """Made by whoever comes first: the link either appears complete or was there already."""
    kept = data_dir / "secret"
    if not kept.exists():
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=data_dir, prefix=".secret-") as made:
            made.write(secrets.token_urlsafe(48))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, kept)
    return kept.read_text()


def table() -> str:
    """The settings as the README shows them."""
    rows = [(f"`{f.name.upper()}`", f.metadata["shown"], f.metadata["doc"]) for f in OWN]
    rows += [(f"`{name}`", one.shown or one.default, one.doc) for name, one in declared().items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in (("Variable", "Default", "Meaning"), ("---",) * 3, *rows))
