"""The socket the web server listens on."""

import os
import socket

from app.config import Settings, settings

HANDED_DOWN = "SIGNOFF_LISTEN_FD"
BACKLOG = 2048


def listening() -> socket.socket:
    """The one `run` holds for its web processes, so that no caller is turned away while one restarts."""
    handed = os.environ.get(HANDED_DOWN)
    return socket.socket(fileno=int(handed)) if handed else listen(settings(), shared=True)


def listen(given: Settings, *, shared: bool = False) -> socket.socket:
    """`shared`: others that ask for the same may have the port too. OSError when it is taken."""
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((given.host, given.port))
    except OSError:
        made.close()
        raise
    made.listen(BACKLOG)
    return made
