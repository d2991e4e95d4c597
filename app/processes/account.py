"""Whom PostgreSQL runs as: us or, because it refuses to run as root, an account of its own."""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

ACCOUNT = "signoff-db"
READ_AND_WALK = stat.S_IRGRP | stat.S_IROTH | stat.S_IXGRP | stat.S_IXOTH


class Unusable(Exception):
    """Why an embedded server cannot run here, and what to do."""


def account(say: Callable[[str], None]) -> str | None:
    """None unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        say(f"PostgreSQL does not run as root: making the account {ACCOUNT} for it.")
        made = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            ACCOUNT,
        ]
        try:
            subprocess.run(made, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failed:
            raise Unusable(
                f"PostgreSQL does not run as root and the account {ACCOUNT} could not be made ({failed}). "
                "Start as an ordinary user, or set DATABASE_URL."
            ) from failed
    return ACCOUNT


def open_way(to: Path, say: Callable[[str], None]) -> None:
    """Lets other accounts walk through the folders above, though not list them."""
    for folder in (to, *to.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f"Warning: {folder} was closed to other accounts; {ACCOUNT} may now walk through it.")
            folder.chmod(mode | stat.S_IXOTH)


def open_programs(folder: Path) -> None:
    """An installation under a strict umask is readable by root alone."""
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        wanted = READ_AND_WALK if mode & stat.S_IXUSR else stat.S_IRGRP | stat.S_IROTH
        if mode & wanted != wanted:
            path.chmod(mode | wanted)


def private_folder(folder: Path, owner: str | None) -> Path:
    """Made if missing. Somebody else's is refused: it may be a trap, or another user's data."""
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = pwd.getpwnam(owner).pw_uid if owner else os.geteuid()
    found = folder.lstat()
    if owner and found.st_uid == 0 and stat.S_ISDIR(found.st_mode):
        os.chown(folder, wanted, pwd.getpwnam(owner).pw_gid)
    elif not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted:
        raise Unusable(
            f"{folder} belongs to another account. Start as that account, or set DATA_DIR to another folder."
        )
    folder.chmod(0o700)
    return folder
