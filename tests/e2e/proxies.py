"""Caddy and nginx with the files of deploy/, on loopback and spare ports, with a certificate of their own."""

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.services.processes import LOOPBACK, find_spare_port, stop_child, wait_until

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SITE = "localhost"


class ProxyMissing(RuntimeError):
    """Say that this machine does not have the program."""


@dataclass(frozen=True)
class Door:
    """A running proxy as a client sees it."""

    https_port: int
    http_port: int
    certificate: Path

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return f"https://{SITE}:{self.https_port}"

    @property
    def socket_address(self) -> str:
        """Return the address of the socket."""
        return f"wss://{SITE}:{self.https_port}/ws/v1"

    def trust(self) -> ssl.SSLContext:
        """Return a context that trusts this proxy's certificate and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def client(self) -> httpx.Client:
        """Return a client for the site."""
        return httpx.Client(base_url=self.address, verify=self.trust(), trust_env=False, timeout=10)

    def is_open(self) -> bool:
        """Say whether the proxy answers at all."""
        try:
            with self.client() as client:
                client.get("/healthz")
        except httpx.HTTPError:
            return False
        return True


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for the site and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "fullchain.pem", directory / "privkey.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    paths[0].write_bytes(certificate.public_bytes(pem))
    paths[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return paths


@contextmanager
def caddy(directory: Path, webs: Sequence[int]) -> Iterator[Door]:
    """Run Caddy with deploy/caddy before these ports. Raises: ProxyMissing."""
    program, door, key = _find("caddy"), *_open(directory)
    shutil.copytree(DEPLOY / "caddy", directory / "caddy")
    # Everywhere but here the proxy listens on every address.
    file = directory / "caddy" / "Caddyfile"
    file.write_text(file.read_text().replace("\ttls ", f"\tbind {LOOPBACK}\n\ttls ", 1))
    environment = {
        "WARMLIJN_SITE": SITE,
        "WARMLIJN_TLS": f"{door.certificate} {key}",
        "WARMLIJN_WEB": " ".join(f"{LOOPBACK}:{port}" for port in webs),
        "WARMLIJN_BODIES": choose_bodies(program),
        "WARMLIJN_HTTP_PORT": str(door.http_port),
        "WARMLIJN_HTTPS_PORT": str(door.https_port),
        "WARMLIJN_PROXY_HEALTH_PORT": str(find_spare_port()),
        "XDG_DATA_HOME": str(directory),
        "XDG_CONFIG_HOME": str(directory),
    }
    with _running([program, "run", "--config", file, "--adapter", "caddyfile"], environment, directory, door):
        yield door


def choose_bodies(caddy: str) -> str:
    """Return the file that this Caddy takes: since 2.6.3 the option has another name."""
    said = subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(number) for number in re.findall(r"\d+", said)[:3])
    return "bodies-2.6.2.caddy" if version < (2, 6, 3) else "bodies.caddy"


@contextmanager
def nginx(directory: Path, webs: Sequence[int]) -> Iterator[Door]:
    """Run nginx with deploy/nginx before these ports. Raises: ProxyMissing."""
    program, door, _ = _find("nginx"), *_open(directory)
    text = (DEPLOY / "nginx" / "nginx.conf").read_text()
    servers = "".join(f"server {LOOPBACK}:{port} max_fails=1 fail_timeout=2s;\n" for port in webs)
    changes = {
        "user www-data;": "daemon off; user root;",
        "worker_processes auto;": "worker_processes 1;",
        "/etc/warmlijn/tls/": f"{directory}/",
        "/run/": f"{directory}/",
        "/var/log/nginx/": f"{directory}/",
        "lijn.example.org": SITE,
        "listen [::]:443": "#",
        "listen [::]:80": "#",
        "listen 443": f"listen {LOOPBACK}:{door.https_port}",
        "listen 80": f"listen {LOOPBACK}:{door.http_port}",
        "server 127.0.0.1:8001 max_fails=1 fail_timeout=2s;": servers,
        "server 127.0.0.1:8002 max_fails=1 fail_timeout=2s;": "",
        "    default_type": "".join(
            f"    {kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + "    default_type",
    }
    for old, new in changes.items():
        assert old in text, f"nginx.conf has no {old!r} any more"
        text = text.replace(old, new)
    file = directory / "nginx.conf"
    file.write_text(text)
    log = directory / "error.log"
    with _running([program, "-p", directory, "-c", file, "-e", log], {}, directory, door):
        yield door


PROXIES: Mapping[str, Callable[[Path, Sequence[int]], AbstractContextManager[Door]]] = {
    "caddy": caddy,
    "nginx": nginx,
}


@contextmanager
def open_proxy(name: str, directory: Path, webs: Sequence[int]) -> Iterator[Door]:
    """Run a proxy by its name; skip the test where the machine does not have it."""
    try:
        with PROXIES[name](directory, webs) as door:
            yield door
    except ProxyMissing as missing:
        pytest.skip(str(missing))


def _find(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        raise ProxyMissing(f"no {name} on this machine (Debian's package {name})")
    return found


def _open(directory: Path) -> tuple[Door, Path]:
    certificate, key = make_certificate(directory)
    return Door(find_spare_port(), find_spare_port(), certificate), key


@contextmanager
def _running(
    command: Sequence[str | Path], environment: Mapping[str, str], directory: Path, door: Door
) -> Iterator[None]:
    with (directory / "proxy.log").open("ab") as log:
        child = subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        assert wait_until(partial(_settled, child, door)), "the proxy does not answer"
        assert child.poll() is None, (directory / "proxy.log").read_text()[-2000:]
        yield
    finally:
        stop_child(child)


def _settled(child: subprocess.Popen[bytes], door: Door) -> bool:
    return child.poll() is not None or door.is_open()
