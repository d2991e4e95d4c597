import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from app.outgoing.client import Unreachable, Way, send
from app.outgoing.url_policy import Unsafe, read
from tests.app.sink import Sink, answer, dripping, endless, raw, running, silent

REFUSED = """
http://127.0.0.1/ http://localhost/ http://LOCALHOST:8080/ http://sub.localhost/ http://0.0.0.0/ http://127.9.8.7/
http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:8.8.8.8]/ http://[::127.0.0.1]/
http://169.254.169.254/latest/meta-data http://10.0.0.1/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.1.1/
http://100.64.0.1/ http://100.127.255.254/ http://192.0.2.1/ http://198.18.0.1/ http://224.0.0.1/ http://240.0.0.1/
http://255.255.255.255/ http://[fd00::1]/ http://[fc00::1]/ http://[fe80::1]/ http://[fec0::1]/ http://[ff02::1]/
http://[2002:7f00:1::]/ http://[64:ff9b::7f00:1]/ http://[2001:db8::1]/ http://[2001::1]/ http://[fe80::1%25eth0]/
http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.1/ http://127.1/ http://134744072/ http://8.8.2056/
http://0x8.8.8.8/ http://08.8.8.8/ http://8.8.8.8./ http://localhost./ http://example.com./ http://example..com/
http://user@example.com/ http://user:password@example.com/ http://example.com@127.0.0.1/ http://good.com\\@127.0.0.1/
http://example.com:25/ http://example.com:22/ http://example.com:5432/ http://example.com:6379/ http://example.com:0/
http://example.com:99999/ http://example.com:/ http://metadata.google.internal/ http://printer.local/ http:///x
file:///etc/passwd gopher://example.com/ ftp://example.com/ javascript:alert(1) //example.com/ example.com
https://ёxample.com/ http://127。0。0。1/ http://ⓛocalhost/ http://{host}/ http://{secret:HOST}/ http://%6cocalhost/
http://example.com/../admin http://example.com/a/%2e%2e/b http://example.com/a/..%2Fb http://example.com/./a
"""


@pytest.mark.parametrize("url", REFUSED.split())
def test_what_is_never_called(url: str) -> None:
    with pytest.raises(Unsafe):
        read(url)


@pytest.mark.parametrize(
    "url",
    ["http://example.com\r\n.evil/", "http://exa mple.com/", "http://example.com\t/", "http://ex\x00.com/"],
)
def test_blanks_and_controls_are_no_part_of_a_host(url: str) -> None:
    with pytest.raises(Unsafe):
        read(url)


@pytest.mark.parametrize(
    ("url", "place", "path"),
    [
        ("https://Example.com", "example.com:443", "/"),
        ("http://example.com:8080/a?b=c#d", "example.com:8080", "/a?b=c"),
        ("https://8.8.8.8/x", "8.8.8.8:443", "/x"),
        ("https://[2606:4700::1111]/", "2606:4700::1111:443", "/"),
        ("https://example.com/ü x/%2B?q=ü&r={x}", "example.com:443", "/%C3%BC%20x/%2B?q=%C3%BC&r=%7Bx%7D"),
        ("https://example.com/\r\nX: y", "example.com:443", "/%0D%0AX:%20y"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example:443", "/"),
    ],
)
def test_what_is_called(url: str, place: str, path: str) -> None:
    target = read(url)
    assert (target.place, target.path) == (place, path)


def test_a_place_inside_is_called_where_it_is_allowed() -> None:
    assert read("http://127.0.0.1:5432/x", {"127.0.0.1:5432"}).port == 5432
    with pytest.raises(Unsafe):
        read("http://127.0.0.1:5433/x", {"127.0.0.1:5432"})


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running() as found:
        yield found


def way(sink: Sink, **changes: object) -> Way:
    return replace(Way(allow={sink.place}, total=5), **changes)  # type: ignore[arg-type]


def test_an_answer_comes_back_whole(sink: Sink) -> None:
    sink.replies["/a?b=c"] = answer(201, b'{"id": 7}', X_Extra="yes")
    got = send("POST", sink.url("/a?b=c"), body=b"{}", headers={"X-Mine": "1"}, key="k-1", way=way(sink))
    assert (got.status, got.body, got.headers["x-extra"], got.cut) == (201, b'{"id": 7}', "yes", False)
    asked = sink.got[0]
    assert (asked.method, asked.body) == ("POST", b"{}")
    assert asked.headers["host"] == sink.place
    assert asked.headers["idempotency-key"] == "k-1"
    assert asked.headers["user-agent"] == "Signoff"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["x-mine"] == "1"
    assert "cookie" not in asked.headers


def test_no_proxy_of_the_environment_is_used(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sink.replies["/"] = answer(200)
    assert send("GET", sink.url("/"), key="k", way=way(sink)).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(sink: Sink) -> None:
    sink.replies["/"] = answer(302, Location=sink.url("/inside"))
    sink.replies["/inside"] = answer(200)
    assert send("GET", sink.url("/"), key="k", way=way(sink)).status == 302
    assert [asked.path for asked in sink.got] == ["/"]


def test_a_name_that_means_an_inside_address_is_refused_at_the_call(sink: Sink) -> None:
    inside = way(sink, resolve=lambda host, port: ["127.0.0.1"])
    with pytest.raises(Unsafe):
        send("GET", f"http://rebind.example:{sink.port}/", key="k", way=inside)
    mixed = way(sink, resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Unsafe):
        send("GET", f"http://rebind.example:{sink.port}/", key="k", way=mixed)
    assert sink.got == []


def test_a_name_is_looked_up_once_and_that_address_is_called(sink: Sink) -> None:
    sink.replies["/"] = answer(200)
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    named = f"name.example:{sink.port}"
    once = way(sink, allow={named}, resolve=lambda host, port: answers.pop(0))
    assert send("GET", f"http://{named}/", key="k", way=once).status == 200
    assert answers == [["10.0.0.1"]]
    assert sink.got[0].headers["host"] == named


def test_the_next_address_is_tried_when_one_refuses(sink: Sink) -> None:
    sink.replies["/"] = answer(200)
    named = f"name.example:{sink.port}"
    both = way(sink, allow={named}, resolve=lambda host, port: ["::1", "127.0.0.1"])
    assert send("GET", f"http://{named}/", key="k", way=both).status == 200


@pytest.mark.parametrize("reply", [silent, dripping])
def test_slow_ones_are_left_after_the_whole_time(sink: Sink, reply: object) -> None:
    sink.replies["/"] = reply  # type: ignore[assignment]
    began = monotonic()
    with pytest.raises(Unreachable, match=r"within 0\.3 seconds"):
        send("GET", sink.url("/"), key="k", way=way(sink, total=0.3))
    assert monotonic() - began < 20, "and not for ever"


def test_a_name_server_that_hangs_costs_the_connect_time(sink: Sink) -> None:
    def hang(host: str, port: int) -> list[str]:
        sink.over.wait(5)
        return []

    with pytest.raises(Unreachable, match="took too long"):
        send("GET", "http://name.example/", key="k", way=way(sink, resolve=hang, connect=0.1))
    sink.over.set()


def test_an_unknown_name_and_a_closed_port_are_told_apart() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Unreachable, match="no host called"):
        send("GET", "http://name.example/", key="k", way=Way(resolve=unknown, allow=()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(Unreachable, match="refuses connections"):
            send("GET", f"http://{place}/", key="k", way=Way(allow={place}))


@pytest.mark.parametrize(
    "data", [b"\x00\xff\xfe garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"]
)
def test_what_is_no_answer_is_said_so(sink: Sink, data: bytes) -> None:
    sink.replies["/"] = raw(data)
    with pytest.raises(Unreachable):
        send("GET", sink.url("/"), key="k", way=way(sink))


def test_an_endless_body_is_cut(sink: Sink) -> None:
    sink.replies["/"] = endless
    got = send("GET", sink.url("/"), key="k", way=way(sink, size=200_000))
    assert got.cut and len(got.body) == 200_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "1\r\nX-B: 2"),
        ("X-A", "1\nX-B: 2"),
        ("X-A", "a\x00b"),
        ("X A", "1"),
        ("X-A\r\nX-B", "1"),
        ("", "1"),
        ("Host", "127.0.0.1"),
        ("Content-Length", "0"),
        ("transfer-encoding", "chunked"),
        ("Cookie", "sid=1"),
    ],
)
def test_headers_that_would_change_the_request_are_refused(sink: Sink, name: str, value: str) -> None:
    with pytest.raises(Unsafe):
        send("GET", sink.url("/"), headers={name: value}, key="k", way=way(sink))
    assert sink.got == []


def _certificate(folder: Path, host: str) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, certificate


def test_the_certificate_must_be_that_of_the_name(tmp_path: Path) -> None:
    key, certificate = _certificate(tmp_path, "name.example")
    asked: list[str | None] = []
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    server_side.sni_callback = lambda connection, name, context: asked.append(name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def serve() -> None:
            for _ in range(3):
                try:
                    with server_side.wrap_socket(listening.accept()[0], server_side=True) as line:
                        line.recv(4096)
                        line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                except OSError:
                    continue

        thread = Thread(target=serve, daemon=True)
        thread.start()
        places = {f"name.example:{port}", f"other.example:{port}"}
        trusting = Way(
            allow=places,
            resolve=lambda host, port: ["127.0.0.1"],
            tls=lambda: ssl.create_default_context(cafile=str(certificate)),
        )
        assert send("GET", f"https://name.example:{port}/", key="k", way=trusting).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            send("GET", f"https://other.example:{port}/", key="k", way=trusting)
        with pytest.raises(Unreachable, match="certificate"):
            send(
                "GET",
                f"https://name.example:{port}/",
                key="k",
                way=replace(trusting, tls=ssl.create_default_context),
            )
        thread.join(5)
    assert asked == ["name.example", "other.example", "name.example"]
