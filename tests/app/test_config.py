from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.config import (
    LONGEST_SOCKET_PATH,
    OWN,
    SettingError,
    Settings,
    declared,
    embedded_database_url,
    read,
    socket_dir,
    table,
)

README = Path(__file__).parent.parent.parent / "README.md"


def settings(tmp_path: Path, **environ: str) -> Settings:
    return read({"DATA_DIR": str(tmp_path), **environ})


def test_the_table_of_the_readme_is_the_one_of_the_code() -> None:
    assert table() in README.read_text()


def test_every_setting_is_explained() -> None:
    for item in OWN:
        assert f"| `{item.name.upper()}` |" in table()
        assert item.metadata["doc"].endswith(".")
    for name, one in declared().items():
        assert f"| `{name}` |" in table() and one.doc.endswith(".")
    assert {"SMTP_URL", "MAIL_FROM"} <= declared().keys()


def test_without_any_variable_everything_is_found_on_this_machine(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert made.database_url.startswith("postgresql+psycopg://signoff_app@/signoff?host=")
    assert made.owner_database_url.startswith("postgresql+psycopg://postgres@/signoff?host=")
    assert made.redis_url.startswith("unix:///")
    assert (made.base_url, made.cookie_secure, made.demo) == ("http://127.0.0.1:8000", False, False)
    assert (made.channels["SMTP_URL"], made.outgoing_allow) == ("", frozenset())


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first, second = settings(tmp_path / "a"), settings(tmp_path / "a")
    assert first.secret_key == second.secret_key != settings(tmp_path / "b").secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "a" / "secret").stat().st_mode & 0o777 == 0o600


def test_what_is_set_counts(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        DATABASE_URL="postgres://me@db/x",
        BASE_URL="https://sign.example.com/",
        OUTGOING_ALLOW="127.0.0.1:9000, erp.internal:443",
        DEMO="Yes",
        SWEEP_SECONDS="0.5",
        SECRET_KEY="k" * 32,
    )
    assert made.database_url == made.owner_database_url == "postgresql+psycopg://me@db/x"
    assert made.base_url == "https://sign.example.com"
    assert made.cookie_secure
    assert made.outgoing_allow == {"127.0.0.1:9000", "erp.internal:443"}
    assert made.demo
    assert made.sweep_seconds == 0.5
    assert made.secret_key == "k" * 32


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://localhost:8000"), ("::", "http://localhost:8000"), ("::1", "http://[::1]:8000")],
)
def test_an_address_a_person_can_open_is_worked_out(tmp_path: Path, host: str, address: str) -> None:
    assert settings(tmp_path, HOST=host).base_url == address


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    assert settings(tmp_path, PORT="", COOKIE_SECURE="").port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PORT", "http", "PORT is 'http'; it takes a whole number."),
        ("PORT", "70000", "PORT is 70000; it takes a number from 1 to 65535."),
        ("SWEEP_SECONDS", "soon", "SWEEP_SECONDS is 'soon'; it takes a number."),
        ("SWEEP_SECONDS", "nan", "SWEEP_SECONDS is nan; it takes more than zero."),
        ("DEMO", "perhaps", "DEMO is 'perhaps'; it takes yes or no."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'; it takes one of DEBUG, INFO, WARNING, ERROR."),
        ("SECRET_KEY", "short", "SECRET_KEY is shorter than 32 characters."),
        ("WORKER_PROCESSES", "0", "WORKER_PROCESSES is 0; it takes more than zero."),
        ("RETRY_FACTOR", "-1", "RETRY_FACTOR is -1.0; it takes zero or more."),
        ("BASE_URL", "sign.example.com", "BASE_URL is 'sign.example.com'; it takes an http or https address."),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingError) as refused:
        settings(tmp_path, **{variable: value})
    assert str(refused.value) == said


def test_a_deep_folder_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["folder"] * 20)
    assert len(str(socket_dir(deep) / ".s.PGSQL.5432")) < LONGEST_SOCKET_PATH
    assert socket_dir(deep) == socket_dir(deep) != socket_dir(deep / "other")
    assert "%20" in urlsplit(embedded_database_url(Path("/a b"))).query
