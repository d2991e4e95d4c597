"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.store.tables import metadata

ROOT = Path(__file__).parent.parent
LAYERS = ("engine", "designer", "app")
LONGEST_FILE = 300
WORLD = {
    "dramatiq", "httpx2", "litestar", "os", "psycopg", "random", "redis", "requests", "secrets", "socket",
    "sqlalchemy", "structlog", "subprocess", "threading", "urllib.request",
}  # fmt: skip
CHANCE_AND_CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic", "uuid.uuid1",
    "uuid.uuid4", "uuid1", "uuid4",
}  # fmt: skip
# Put together here so that this file does not hold what it looks for.
OF_THIS_MACHINE = re.compile(r"(?<![\w.])/(" + "work|farm|root" + r")/|" + r"\.lib" + "rary" + r"\b")
DOWNLOADS = re.compile(r"https?://\S+\.(whl|tgz|tar\.gz|deb)\b|registry\s*=\s*[\"']https?:")


@cache
def tracked() -> tuple[Path, ...]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in listed.splitlines() if (path := ROOT / name).is_file())


def sources(*packages: str) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_point_to_the_left() -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for position, layer in enumerate(LAYERS)
        for path in sources(layer)
        for module in imports(path)
        if module.split(".")[0] in (*LAYERS[position + 1 :], "tests", "e2e")
    ]
    assert not wrong


def test_engine_and_designer_touch_nothing_outside() -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in sources("engine", "designer")
        for module in imports(path)
        if module in WORLD or module.split(".")[0] in WORLD
    ]
    assert not wrong


def test_time_and_chance_come_in_as_arguments() -> None:
    wrong = [
        f"{name(path)}:{node.lineno} calls {ast.unparse(node.func)}"
        for path in sources("engine", "designer")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CHANCE_AND_CLOCK
    ]
    assert not wrong


def test_no_file_holds_two_subjects() -> None:
    pages = [path for path in tracked() if path.suffix in (".css", ".html", ".js") and "vendor" not in path.parts]
    lengths = {name(path): len(path.read_text().splitlines()) for path in (*sources(*LAYERS), *pages)}
    assert not {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE}


def test_one_place_commits() -> None:
    assert [name(path) for path in sources("app") if ".commit(" in path.read_text()] == ["app/store/db.py"]


@pytest.mark.parametrize(
    ("pattern", "packages"),
    [
        (re.compile(r"except( Exception| BaseException)?:\s*\n\s*(pass|continue)\b"), (*LAYERS, "tests", "e2e")),
        (re.compile(r"#\s*(TO" + "DO|FIX" + "ME|XX" + "X|HA" + r"CK)\b"), (*LAYERS, "tests", "e2e", "migrations")),
        (re.compile(r"time\.sle" + r"ep\(|wait_for_time" + r"out\("), ("tests", "e2e")),
        (re.compile(r"pytest\.mark\.(sk" + "ip|xf" + r"ail)|pytest\.sk" + r"ip\("), ("tests", "e2e")),
    ],
    ids=["no error is swallowed", "nothing is left for later", "no test sleeps", "no test is left out"],
)
def test_nowhere(pattern: re.Pattern[str], packages: tuple[str, ...]) -> None:
    assert not [name(path) for path in sources(*packages) if pattern.search(path.read_text())]


def test_nothing_of_this_machine_is_kept() -> None:
    wrong = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if "vendor" not in path.parts and (OF_THIS_MACHINE.search(text) or DOWNLOADS.search(text)):
            wrong.append(name(path))
    assert not wrong


def test_the_map_of_the_readme_leads_to_what_is_there() -> None:
    """Files beside the first one of a row stand in its folder."""
    readme = (ROOT / "README.md").read_text()
    lost = []
    for row in re.findall(r"^\| (`(?:engine|designer|app)/.*?) \|", readme, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        folder = first.rpartition("/")[0]
        lost += [
            place
            for place in (first, *others)
            if not any((ROOT / one).exists() for one in (place, f"{folder}/{place}"))
        ]
    for row in re.findall(r"^\| [^|]+ \| [^|]+ \| (`[^|]+`) \| [^|]+ \| ([^|]+) \|$", readme, re.MULTILINE):
        lost += [place for place in re.findall(r"`([^`]+)`", row[0]) if not (ROOT / place).exists()]
        lost += [table for table in re.findall(r"`([^`]+)`", row[1]) if table not in metadata.tables]
    assert not lost
