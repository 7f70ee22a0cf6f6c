"""Years of talk in half a minute: a seeded database filled with sealed messages, their events and read marks.

`python -m tests.load.history COUNT` in the product's environment. The messages are sealed by the product's own
code and copied in; everything that follows from them is made by SQL. They are spread over all conversations.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import psycopg

from tests.load.devices import WORDS

CHUNK = 2_000
# One message every 30 s in the whole organisation, the last one now.
PACE = timedelta(seconds=30)
PAIRS = """
SELECT talk.id::text, talk.key_id::text, talk.last_seq, array_agg(member.person_id::text ORDER BY member.id)
FROM chat_conversation AS talk JOIN chat_membership AS member ON member.conversation_id = talk.id
GROUP BY talk.id HAVING count(*) = 2 ORDER BY talk.id
"""
COPY = """
COPY chat_message (id, conversation_id, seq, sender_id, client_id, state, body, body_hash, accepted_at) FROM STDIN
"""
EVENTS = """
INSERT INTO realtime_userevent (user_id, pos, kind, conversation_id, seq, at)
SELECT member.person_id,
       stream.head + row_number() OVER (PARTITION BY member.person_id ORDER BY message.accepted_at, message.seq),
       CASE WHEN member.person_id = message.sender_id THEN 'msg.own' ELSE 'msg.new' END,
       message.conversation_id, message.seq, message.accepted_at
FROM chat_message AS message
JOIN chat_membership AS member ON member.conversation_id = message.conversation_id
JOIN realtime_userstream AS stream ON stream.user_id = member.person_id
"""
MARKS = (
    "UPDATE chat_conversation AS talk SET last_seq = newest.seq FROM (SELECT conversation_id, max(seq) AS seq"
    " FROM chat_message GROUP BY conversation_id) AS newest WHERE talk.id = newest.conversation_id",
    "UPDATE chat_membership AS own SET visible_upto = talk.last_seq, read_upto = talk.last_seq,"
    " delivered_upto = talk.last_seq FROM chat_conversation AS talk WHERE talk.id = own.conversation_id",
    "UPDATE realtime_userstream AS stream SET head = newest.pos FROM (SELECT user_id, max(pos) AS pos"
    " FROM realtime_userevent GROUP BY user_id) AS newest WHERE stream.user_id = newest.user_id",
)


def fill_history(connection: psycopg.Connection[Any], count: int, now: datetime) -> None:
    """Store `count` messages with two events each."""
    with connection.transaction():
        pairs = connection.execute(PAIRS).fetchall()
        with connection.cursor().copy(COPY) as copy:
            for chunk in _write_chunks(pairs, count, now):
                copy.write(chunk)
        connection.execute(EVENTS)
        for statement in MARKS:
            connection.execute(statement)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def _write_chunks(pairs: list[Any], count: int, now: datetime) -> Iterator[str]:
    from server.chat.keys import load_deks

    deks = load_deks(key_id for _, key_id, _, _ in pairs)
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        yield "".join(_write_row(pairs[n % len(pairs)], deks, n, n // len(pairs), now) for n in numbers)


def _write_row(pair: Any, deks: Any, number: int, turn: int, now: datetime) -> str:
    """Return a message as COPY takes it; the members speak by turns."""
    from server.chat.keys import place_body
    from server.foundation.ids import make_id

    conversation, key_id, last_seq, members = pair
    dek, sender, message, at = deks[key_id], members[turn % 2], str(make_id()), now + PACE * number
    text = f"{number} {WORDS}"
    body = dek.seal(text.encode(), place_body(conversation, message, sender, at, dek))
    print_hash = dek.fingerprint(f"\n{text}".encode())
    row = (message, conversation, last_seq + 1 + turn, sender, uuid.uuid4(), "accepted")
    return "\t".join(map(str, row)) + f"\t\\\\x{body.hex()}\t\\\\x{print_hash.hex()}\t{at.isoformat()}\n"


def main() -> None:
    """Fill the database of DATABASE_URL."""
    django.setup()
    count = int(sys.argv[1])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        fill_history(connection, count, datetime.now(UTC) - PACE * count)


if __name__ == "__main__":
    main()
