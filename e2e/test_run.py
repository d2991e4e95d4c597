"""`python -m app run` as somebody at a terminal meets it: started, hurt, stopped, started again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest
from redis import Redis

from e2e.chaos.stage import free_port
from e2e.product import Run
from tests.servers import wait_until


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Walkable for the account PostgreSQL gets when we are root, and short enough for a socket."""
    with TemporaryDirectory(prefix="signoff-run-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def test_it_says_where_it_is_and_who_can_log_in(product: Run) -> None:
    demo = product.demo
    assert product.status() == 200
    assert demo["url"] == f"http://127.0.0.1:{product.port}"
    assert demo["url"] in product.said()
    assert demo["users"]
    for user in demo["users"]:
        assert set(user) == {"email", "password", "name", "roles"}
        assert user["email"] in product.said()
        assert user["password"] in product.said()
    assert {"admin", "requester", "approver", "designer", "auditor"} <= set(demo["api_keys"])


def test_its_file_is_for_tools_of_the_same_person(product: Run) -> None:
    assert product.demo_file.stat().st_mode & 0o777 == 0o600
    assert product.tenants() == ["demo"]
    assert Redis.from_url(product.demo["redis_url"]).ping()
    names = [one["name"] for one in product.demo["processes"]]
    assert sorted(names) == ["postgres", "redis", "scheduler", "web", "worker"]


@pytest.mark.parametrize("name", ["worker", "scheduler", "redis"])
def test_what_dies_is_started_again(product: Run, name: str) -> None:
    killed = product.kill(name)
    assert f"(process {killed}) was ended by SIGKILL" in product.said()
    wait_until(lambda: product.status() == 200, "/ready")


def test_nobody_is_turned_away_while_the_web_server_restarts(product: Run) -> None:
    pid = product.pid("web")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert product.status("/health") == 200


def test_a_killed_database_comes_back_with_its_data(product: Run) -> None:
    product.kill("postgres")
    wait_until(lambda: product.status() == 200, "/ready")
    assert product.tenants() == ["demo"]


def test_a_second_start_on_the_same_data_is_refused_in_words(product: Run) -> None:
    second = Run(product.data_dir, free_port())
    assert second.until_over() == 2
    assert f"already runs on {product.data_dir} (process {product.process.pid})" in second.said()
    assert product.status() == 200


def test_a_taken_port_is_named_before_anything_starts(product: Run, folder: Path) -> None:
    second = Run(folder / "other", product.port)
    assert second.until_over() == 2
    assert f"Port {product.port} on 127.0.0.1 cannot be used: Address already in use" in second.said()
    assert not (folder / "other" / "postgres").exists()


def test_a_wrong_setting_is_named_before_anything_starts(folder: Path) -> None:
    run = Run(folder / "wrong", free_port(), WORKER_THREADS="four")
    assert run.until_over() == 2
    assert run.said() == "WORKER_THREADS is 'four'; it takes a whole number.\n"


def test_its_data_outlives_ctrl_c_and_a_kill(folder: Path) -> None:
    data_dir, port = folder / "kept", free_port()
    first = Run(data_dir, port, DEMO="no")
    wait_until(first.is_ready, "/ready", 120)
    assert first.demo["url"] == first.base, "whoever sees /ready finds the file"
    first.until_ready()
    with psycopg.connect(first.demo["database_url"], autocommit=True) as db:
        db.execute("INSERT INTO tenants (id, key, name) VALUES (gen_random_uuid(), 'kept', 'Kept')")
    processes = [one["pid"] for one in first.demo["processes"]]
    first.process.send_signal(signal.SIGINT)
    assert first.until_over() == 0
    assert not any(psutil.pid_exists(pid) for pid in processes)
    assert not first.demo_file.exists()

    second = Run(data_dir, port, DEMO="no").until_ready()
    left = [one["pid"] for one in second.demo["processes"]]
    second.process.kill()
    second.until_over()

    third = Run(data_dir, port, DEMO="no").until_ready()
    assert third.tenants() == ["kept"]
    assert not any(psutil.pid_exists(pid) for pid in left)
    third.end()
