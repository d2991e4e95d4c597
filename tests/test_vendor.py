"""The files of others are the ones the manifest pins, with their licences, and nothing else lies beside them."""

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from app import vendor
from app.web.badges import STATUSES
from app.web.icons import symbols
from app.web.navigation import ADMIN, MAIN, OWN
from engine.steps import step_types

# Of use to tests alone.
TESTED = Path(__file__).parent / "vendor" / "bpmn"
PACKAGES = vendor.manifest()
FILES = [file for package in PACKAGES for file in package.files]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.file)
def test_a_file_is_as_published(file: vendor.File) -> None:
    assert sha256((vendor.STATIC / file.file).read_bytes()).hexdigest() == file.sha256


def test_what_only_tests_use_is_as_published_too() -> None:
    packages = msgspec.json.decode((TESTED / "manifest.json").read_bytes(), type=list[vendor.Package])
    pinned = {file.file: file.sha256 for package in packages for file in package.files}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in TESTED.iterdir()}
    assert found.keys() == {*pinned, "manifest.json"}
    assert found.items() >= pinned.items()
    assert all(f"{package.package}.txt" in pinned for package in packages)


def test_nothing_else_is_there() -> None:
    found = {path for path in vendor.MANIFEST.parent.rglob("*") if path.is_file()}
    assert found == {vendor.MANIFEST, *(vendor.STATIC / file.file for file in FILES)}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.package)
def test_its_licence_is_there(package: vendor.Package) -> None:
    assert any(file.file == f"vendor/licences/{package.package}.txt" for file in package.files)


def test_the_icons_are_those_of_the_manifest() -> None:
    sprites = [package.sprite for package in PACKAGES if package.sprite]
    assert [set(sprite.icons) for sprite in sprites] == [set(symbols())]


def test_whatever_has_an_icon_finds_it() -> None:
    wanted = {shown.icon for shown in STATUSES.values()}
    wanted |= {place.icon for place in MAIN + ADMIN + OWN}
    wanted |= {step.ICON for step in step_types().values()}
    assert wanted <= symbols().keys()


def test_drawings_are_cut_into_symbols() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" stroke="red">\n<path d="M0 0h9"/>\n</svg>'
    sprite = vendor.cut({"line": drawing}).decode()
    assert '<symbol id="line" viewBox="0 0 24 24"><path d="M0 0h9" /></symbol>' in sprite
    assert "red" not in sprite
