"""A PostgreSQL that loses its answers: passes a COMMIT on and cuts the line before the client hears of it.

`python -m e2e.chaos.proxy PORT SOCKET EVERY_FILE`: every N-th commit is cut, N read from the file, 0 for none.
"""

import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

COMMIT = b"COMMIT\x00"


class Proxy:
    def __init__(self, target: str, every: Path) -> None:
        self.target, self.every = target, every
        self.commits, self.cut = 0, 0
        self.lock = threading.Lock()

    def serve(self, port: int) -> None:
        with socket.create_server(("127.0.0.1", port), backlog=200) as listener:
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._pair, args=(client,), daemon=True).start()

    def _pair(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.target)
        except OSError:
            client.close()
            return
        severed = threading.Event()
        back = threading.Thread(target=self._back, args=(server, client, severed), daemon=True)
        back.start()
        self._forth(client, server, severed)

    def _forth(self, client: socket.socket, server: socket.socket, severed: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if COMMIT in data and self._loses():
                    severed.set()
                server.sendall(data)
        self._end(client, server)

    def _back(self, server: socket.socket, client: socket.socket, severed: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if severed.is_set():
                    break
                client.sendall(data)
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _loses(self) -> bool:
        with self.lock:
            every = int(self.every.read_text() or 0) if self.every.exists() else 0
            self.commits += 1
            return bool(every) and self.commits % every == 0


if __name__ == "__main__":
    Proxy(sys.argv[2], Path(sys.argv[3])).serve(int(sys.argv[1]))
