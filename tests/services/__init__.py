"""Start real PostgreSQL and Redis servers for tests: loopback only, spare ports, stopped by process id.

>>> with postgres_server(directory, fast=True) as postgres, redis_server(directory) as redis:
...     postgres.create_database("warmlijn")
...     run(DATABASE_URL=postgres.url("warmlijn"), REDIS_URL=redis.url)

Works as root (PostgreSQL then runs under an unprivileged account) and as anybody else, with the
machine's own binaries or with those of the wheels in requirements/dev.txt.
"""

from tests.services.binaries import BinariesMissing, find_postgres_binaries, find_redis_binary
from tests.services.postgres import PostgresServer, postgres_server
from tests.services.processes import ServerDidNotStart
from tests.services.redis import RedisServer, redis_server

__all__ = [
    "BinariesMissing",
    "PostgresServer",
    "RedisServer",
    "ServerDidNotStart",
    "find_postgres_binaries",
    "find_redis_binary",
    "postgres_server",
    "redis_server",
]
