"""What the proxies of deploy/ let through, before an upstream that only says what reached it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.e2e.proxies import PROXIES, Door, open_proxy
from tests.services.processes import LOOPBACK

KIB = 1024
LIMIT = 299_999


class Echo(BaseHTTPRequestHandler):
    """Answers with the path, the headers and the length of the body that arrived."""

    protocol_version = "HTTP/1.1"
    server_version = "daphne"

    def answer(self) -> None:
        seen = {"path": self.path, "headers": dict(self.headers.items()), "length": self.read_length()}
        content = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        # No connection is kept, so that the proxy connects for each request.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def read_length(self) -> int:
        """Take the whole body first, as Daphne does. Raises: ConnectionError when it was cut."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        length = 0
        while size := self.read_chunk():
            length += size
        return length

    def read_chunk(self) -> int:
        head = self.rfile.readline().strip()
        if not head:
            raise ConnectionError("the body was cut")
        size = int(head, 16)
        self.rfile.read(size + 2)
        return size

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """Keeps a connection that a proxy cut to itself."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def echoing() -> Iterator[int]:
    """Run the upstream and yield its port."""
    server = QuietServer((LOOPBACK, 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module", params=sorted(PROXIES))
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A proxy before one upstream that answers and one that refuses, as a draining process does."""
    directory: Path = tmp_path_factory.mktemp(request.param)
    with echoing() as port, socket.socket() as refusing:
        refusing.bind((LOOPBACK, 0))  # held and not listened at: nobody else's server answers there
        with open_proxy(request.param, directory, [refusing.getsockname()[1], port]) as opened:
            yield opened


@pytest.fixture
def client(door: Door) -> Iterator[httpx.Client]:
    with door.client() as opened:
        yield opened


def test_what_a_client_says_about_itself_is_dropped(client: httpx.Client) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Port": "1",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "Proxy": "http://203.0.113.9",
    }
    seen = client.get("/", headers=lies).json()["headers"]
    assert seen["X-Forwarded-For"] == LOOPBACK
    assert seen["X-Forwarded-Proto"] == "https"
    told = json.dumps(seen)
    assert "203.0.113.9" not in told
    assert "elsewhere.example" not in told


def test_the_name_and_the_bearer_reach_the_server(client: httpx.Client) -> None:
    seen = client.get("/api/v1/me?x=1", headers={"Authorization": "Bearer abc"}).json()
    assert seen["path"] == "/api/v1/me?x=1"
    assert seen["headers"]["Authorization"] == "Bearer abc"
    assert seen["headers"]["Host"].split(":")[0] == "localhost"


@pytest.mark.parametrize(
    "path",
    [
        "/readyz",
        "/metrics",
        "/READYZ",
        "/%72eadyz",
        "//readyz",
        "/./readyz",
        "/x/../readyz",
        "/readyz/",
        "/metrics/x",
    ],
)
def test_what_is_for_the_operator_is_not_for_the_world(door: Door, path: str) -> None:
    with door.client() as client:
        # As raw bytes: the client would tidy the path up otherwise.
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
    assert answer.status_code in (400, 404)
    assert b"headers" not in answer.content


def test_a_body_within_the_limit_passes_whole(client: httpx.Client) -> None:
    assert client.post("/", content=b"x" * LIMIT).json()["length"] == LIMIT


def test_a_body_that_announces_to_be_over_the_limit_is_refused(client: httpx.Client) -> None:
    answer = client.post("/", content=b"x" * (LIMIT + 2))
    assert answer.status_code == 413
    assert b"length" not in answer.content


def test_a_body_that_turns_out_to_be_over_the_limit_is_refused_and_costs_nobody_else(
    client: httpx.Client,
) -> None:
    for _ in range(3):
        answer = client.post("/", content=(b"x" * 16 * KIB for _ in range(LIMIT // KIB)))
        # Caddy before 2.7 says 502 when it finds out on the way.
        assert answer.status_code in (413, 502)
        assert b"length" not in answer.content
    assert client.get("/").status_code == 200


def test_a_head_without_end_is_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"X-Long": "x" * 100 * KIB}).status_code in (400, 431)


def test_the_server_does_not_name_itself(client: httpx.Client) -> None:
    assert "daphne" not in client.get("/").headers.get("Server", "")


def test_plain_http_is_sent_to_https(door: Door) -> None:
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"http://localhost:{door.http_port}/somewhere?x=1")
    assert answer.status_code == 308
    assert answer.headers["Location"].startswith("https://localhost")
    assert answer.headers["Location"].endswith("/somewhere?x=1")


def test_one_process_that_refuses_is_not_noticed(client: httpx.Client) -> None:
    assert [client.post("/", content=b"{}").status_code for _ in range(20)] == [200] * 20


@pytest.mark.parametrize("name", sorted(PROXIES))
def test_the_moment_in_which_a_process_goes_is_not_noticed(name: str, tmp_path: Path) -> None:
    with echoing() as staying, ExitStack() as leaving:
        ports = [leaving.enter_context(echoing()), staying]
        with open_proxy(name, tmp_path, ports) as door, door.client() as client:
            assert {client.get("/").status_code for _ in range(4)} == {200}
            # Its port closes, as a draining process's does, and nobody has told the proxy.
            leaving.close()
            assert [client.post("/", content=b"{}").status_code for _ in range(10)] == [200] * 10
