"""The world outside, as a process of its own: HTTP and SMTP that write down every request before they answer it.

`python -m e2e.chaos.sink HTTP_PORT SMTP_PORT FILE`. Paths say how to behave: /slow/2/… answers after two seconds,
/poison/… answers what no parser likes, everything else answers at once.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Notebook:
    """Lines that are on the disk before the sender hears anything."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self._lock = threading.Lock()

    def write(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        yield json.loads(line)


def handler(notes: Notebook) -> type[BaseHTTPRequestHandler]:
    pause = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            key = self.headers.get("idempotency-key", "")
            notes.write({"what": "http", "method": self.command, "path": self.path, "key": key})
            parts = self.path.strip("/").split("/")
            if parts[0] == "slow":
                pause.wait(float(parts[1]))
            body = b'\xff\xfe{"id": 1e999' if parts[0] == "poison" else json.dumps({"id": f"X-{key[-6:]}"}).encode()
            self.send_response(201)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_DELETE = do_POST

        def log_message(self, *_: Any) -> None:
            """The notebook has it."""

    return Answer


class Mailbox:
    def __init__(self, notes: Notebook) -> None:
        self.notes = notes

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        head = envelope.content.decode(errors="replace").split("\r\n\r\n", 1)[0]
        key = next(
            (line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("message-id:")), ""
        )
        self.notes.write({"what": "mail", "to": envelope.rcpt_tos, "key": key})
        return "250 kept"


def main(http_port: int, smtp_port: int, file: str) -> None:
    notes = Notebook(Path(file))
    mail = Controller(Mailbox(notes), hostname="127.0.0.1", port=smtp_port)
    mail.start()
    server = ThreadingHTTPServer(("127.0.0.1", http_port), handler(notes))
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
