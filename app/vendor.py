"""`python -m app.vendor`: fetches the browser files of others as static/vendor/manifest.json pins them.

They are committed, so nobody needs npm to run the product: this is for another version, or for more icons.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import msgspec

STATIC = Path(__file__).parent.parent / "static"
MANIFEST = STATIC / "vendor" / "manifest.json"
SVG = "http://www.w3.org/2000/svg"


class File(msgspec.Struct):
    """source: inside the package. file: below static/."""

    source: str
    file: str
    sha256: str


class Sprite(msgspec.Struct):
    """Icons of one package, cut out of it into a single file."""

    folder: str
    file: str
    icons: list[str]


class Package(msgspec.Struct):
    """sha256: of the archive npm packs."""

    package: str
    version: str
    licence: str
    sha256: str
    files: list[File] = []
    sprite: Sprite | None = None


class Changed(Exception):
    """What was fetched is not what the manifest pins."""


def manifest() -> list[Package]:
    return msgspec.json.decode(MANIFEST.read_bytes(), type=list[Package])


def fetch(package: Package, folder: Path) -> None:
    """Write the package's files below `folder`. Raises Changed before anything is written."""
    with tempfile.TemporaryDirectory() as place:
        archive = _packed(package, Path(place))
        _expect(f"{package.package} {package.version}", archive.read_bytes(), package.sha256)
        with tarfile.open(archive) as opened:
            for name, content in list(_wanted(package, opened)):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


def _packed(package: Package, place: Path) -> Path:
    command = ["npm", "pack", f"{package.package}@{package.version}", "--silent"]
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    return next(place.glob("*.tgz"))


def _wanted(package: Package, archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for item in package.files:
        content = _member(archive, item.source)
        _expect(item.file, content, item.sha256)
        yield item.file, content
    if package.sprite:
        sprite = package.sprite
        drawn = {name: _member(archive, f"{sprite.folder}/{name}.svg") for name in sprite.icons}
        yield sprite.file, cut(drawn)


def _member(archive: tarfile.TarFile, source: str) -> bytes:
    found = archive.extractfile(f"package/{source}")
    if found is None:
        raise Changed(f"{source} is no file of the package.")
    return found.read()


def cut(drawn: dict[str, bytes]) -> bytes:
    """One <symbol> for each drawing; how its lines look is left to the page that uses it."""
    ElementTree.register_namespace("", SVG)
    sprite = ElementTree.Element(f"{{{SVG}}}svg")
    for name, content in sorted(drawn.items()):
        picture = ElementTree.fromstring(content)  # noqa: S314 - pinned by the archive's hash
        symbol = ElementTree.SubElement(sprite, f"{{{SVG}}}symbol", id=name, viewBox=picture.get("viewBox", ""))
        symbol.extend(picture)
        for part in symbol.iter():
            part.text = part.tail = None
        symbol.tail = "\n"
    sprite.text = "\n"
    return ElementTree.tostring(sprite)


def _expect(name: str, content: bytes, pinned: str) -> None:
    found = sha256(content).hexdigest()
    if found != pinned:
        raise Changed(f"{name} has the hash {found}, the manifest says {pinned}.")


def main() -> int:
    for package in manifest():
        try:
            fetch(package, STATIC)
        except (Changed, subprocess.CalledProcessError) as wrong:
            print(wrong, file=sys.stderr)
            return 1
        print(f"{package.package} {package.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
