"""The real thing, small: PostgreSQL, Redis, server processes behind a proxy each, a worker, seeded people."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.client import ORIGIN
from tests.faults.programs import Program
from tests.faults.proxy import Proxy
from tests.faults.rest import Account
from tests.services import PostgresServer, RedisServer, postgres_server, redis_server
from tests.services.processes import find_spare_port

PRODUCT = ("-m", "server")
TEMPLATE = "warmlijn_template"
SERVERS = 2
OPEN_CONVERSATIONS = """
import json
from uuid import UUID
from server.chat.actions.conversations import open_conversation
from server.chat.models import Conversation
from server.foundation.clock import read_clock

def open_one(beside, *people):
    team = Conversation.objects.get(id=beside).team_id
    members = [UUID(person) for person in people]
    return str(open_conversation(team_id=team, kind="pair", member_ids=members, now=read_clock()).id)

with open({file!r}, "w") as file:
    json.dump([open_one(*ids) for ids in {ids!r}], file)
"""
HEADS = "SELECT user_id::text, head FROM realtime_userstream"


@dataclass(frozen=True)
class Pair:
    """A youth and an expert who share a conversation."""

    youth: Account
    expert: Account
    c: str


@dataclass
class Ground:
    """The services under every site of one run: one PostgreSQL, one Redis, a migrated template database."""

    directory: Path
    postgres: PostgresServer
    redis: RedisServer
    pairs: list[Pair] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def environment(self, database: str) -> dict[str, str]:
        """Return the settings of a process of the product."""
        return {
            "APP_ENV": "dev",
            "DATABASE_URL": self.postgres.url(database),
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": self.secret,
            "VAR_DIRECTORY": str(self.directory),
            "RATE_LIMITS": "off",
            "ALLOWED_ORIGINS": ORIGIN,
            "DRAIN_SECONDS": "2",
            "LOG_LEVEL": "WARNING",
        }

    def command(self, database: str, *arguments: str) -> Program:
        """Return a management command on a database."""
        log = self.directory / f"{database}-commands.log"
        return Program(arguments[0], [*PRODUCT, *arguments], self.environment(database), log)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser."""
        return self.postgres.execute(statement, database=database)


@dataclass
class Site:
    """A product in its own database: its processes and the doors that devices use."""

    ground: Ground
    database: str
    servers: list[Program]
    worker: Program
    doors: list[Proxy] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address of the database."""
        return self.ground.postgres.url(self.database)

    @property
    def pairs(self) -> list[Pair]:
        """Return who shares which conversation."""
        return self.ground.pairs

    @property
    def ports(self) -> list[int]:
        """Return the ports that devices connect to."""
        return [door.port for door in self.doors]

    async def read_heads(self) -> dict[str, int]:
        """Return the newest position of every user."""
        rows = await asyncio.to_thread(self.ground.execute, HEADS, self.database)
        return {str(user): int(str(head)) for user, head in rows}

    def command(self, *arguments: str) -> Program:
        """Return a management command on this site's database."""
        return self.ground.command(self.database, *arguments)


@contextmanager
def open_ground(directory: Path, *, pairs: int) -> Iterator[Ground]:
    """Run Redis and PostgreSQL, durable as in production; migrate and seed the template of every site."""
    with postgres_server(directory) as postgres, redis_server(directory) as redis:
        ground = Ground(directory, postgres, redis)
        postgres.create_database(TEMPLATE)
        ground.command(TEMPLATE, "migrate", "--verbosity=0").run()
        ground.pairs = _seed(ground, pairs)
        ground.pairs += _share_experts(ground)
        yield ground


@asynccontextmanager
async def open_site(
    ground: Ground,
    name: str,
    *,
    launcher: Sequence[str] = PRODUCT,
    preparation: str = "SELECT 1",
    has_worker: bool = True,
) -> AsyncIterator[Site]:
    """Copy the template, start two servers and a worker on the copy, put a proxy before each server."""
    await asyncio.to_thread(ground.execute, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    await asyncio.to_thread(ground.execute, preparation, name)
    servers = [_make_server(ground, name, number, launcher) for number in range(SERVERS)]
    site = Site(ground, name, servers, _make_worker(ground, name, launcher))
    async with AsyncExitStack() as stack:
        for program in [*site.servers, site.worker] if has_worker else site.servers:
            program.start()
            stack.callback(program.stop)
        for server in site.servers:
            await server.wait_until_ready()
            site.doors.append(Proxy(server.port))
            await site.doors[-1].start()
            stack.push_async_callback(site.doors[-1].close)
        yield site


def _seed(ground: Ground, pairs: int) -> list[Pair]:
    file = ground.directory / "people.jsonl"
    ground.command(TEMPLATE, "seed", "--pairs", str(pairs), "--json", str(file)).run()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [
        Pair(
            Account(**line["youth"], role="youth"),
            Account(**line["expert"], role="expert"),
            line["conversation"],
        )
        for line in lines
        if "conversation" in line
    ]


def _share_experts(ground: Ground) -> list[Pair]:
    """Give the first expert of every three to the next two youths as well.

    Only then do several conversations, each with a row lock of its own, write into one person's log at once.
    """
    threes = [ground.pairs[start : start + 3] for start in range(0, len(ground.pairs) - 2, 3)]
    wanted = [(pair, three[0].expert) for three in threes for pair in three[1:]]
    file = ground.directory / "shared.jsonl"
    ids = [(pair.c, pair.youth.id, expert.id) for pair, expert in wanted]
    ground.command(TEMPLATE, "shell", "-c", OPEN_CONVERSATIONS.format(ids=ids, file=str(file))).run()
    opened = json.loads(file.read_text())
    return [Pair(pair.youth, expert, c) for (pair, expert), c in zip(wanted, opened, strict=True)]


def _make_server(ground: Ground, database: str, number: int, launcher: Sequence[str]) -> Program:
    port = find_spare_port()
    arguments = [*launcher, "serve", "--host", "127.0.0.1", "--port", str(port)]
    program = _make_program(ground, database, f"server-{number}", arguments)
    program.port, program.part = port, "server"
    return program


def _make_worker(ground: Ground, database: str, launcher: Sequence[str]) -> Program:
    program = _make_program(ground, database, "worker", [*launcher, "work"])
    program.part = "worker"
    return program


def _make_program(ground: Ground, database: str, name: str, arguments: Sequence[str]) -> Program:
    return Program(name, arguments, ground.environment(database), ground.directory / f"{database}-{name}.log")
