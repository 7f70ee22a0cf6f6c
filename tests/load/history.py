"""Years of talk in half a minute: a seeded database filled by SQL with messages, their events and read marks.

The rows have the sizes, the ids in time order and the spread over all conversations that real ones have. The
sealed bodies are noise of the right length: they are there to be many, not to be read.
"""

import time

import psycopg

from tests.services import PostgresServer

# One stored message of the benchmark's length: header 18, nonce 12, text padded to 128, tag 16 bytes.
NOISE = "substring(decode(repeat(md5(n::text), 11), 'hex') FOR 174)"
# UUID version 7, one message every 30 s up to now: rising in time as the server's own are.
AT = "(now() - make_interval(secs => (%(count)s - n) * 30))"
MESSAGE_ID = (
    f"(lpad(to_hex((extract(epoch FROM {AT}) * 1000)::bigint), 12, '0')"
    " || '7' || substring(md5('m' || n) FOR 3) || 'a' || substring(md5(n || 'm') FOR 15))::uuid"
)

# A conversation with its two members, numbered; `first` speaks at odd, `second` at even places in the talk.
PLAN = """
CREATE TEMPORARY TABLE plan AS
SELECT row_number() OVER (ORDER BY conversation_id) - 1 AS number, conversation_id,
       min(person_id::text)::uuid AS first, max(person_id::text)::uuid AS second
FROM chat_membership GROUP BY conversation_id HAVING count(*) = 2
"""
MESSAGES = f"""
INSERT INTO chat_message (id, conversation_id, seq, sender_id, client_id, state, body, body_hash, accepted_at)
SELECT {MESSAGE_ID}, plan.conversation_id, talk.last_seq + 1 + n / pairs.count,
       CASE WHEN (n / pairs.count) %% 2 = 0 THEN first ELSE second END,
       gen_random_uuid(), 'accepted', {NOISE}, sha256(n::text::bytea), {AT}
FROM generate_series(0, %(count)s - 1) AS n
CROSS JOIN (SELECT count(*) FROM plan) AS pairs
JOIN plan ON plan.number = n %% pairs.count
JOIN chat_conversation AS talk ON talk.id = plan.conversation_id
"""
EVENTS = """
INSERT INTO realtime_userevent (user_id, pos, kind, conversation_id, seq, at)
SELECT person.id,
       stream.head + row_number() OVER (PARTITION BY person.id ORDER BY message.accepted_at, message.seq),
       CASE WHEN person.id = message.sender_id THEN 'msg.own' ELSE 'msg.new' END,
       message.conversation_id, message.seq, message.accepted_at
FROM chat_message AS message
JOIN plan ON plan.conversation_id = message.conversation_id
CROSS JOIN LATERAL (VALUES (plan.first), (plan.second)) AS person(id)
JOIN realtime_userstream AS stream ON stream.user_id = person.id
"""
MARKS = (
    "UPDATE chat_conversation AS talk SET last_seq = newest.seq FROM (SELECT conversation_id, max(seq) AS seq"
    " FROM chat_message GROUP BY conversation_id) AS newest WHERE talk.id = newest.conversation_id",
    "UPDATE chat_membership AS own SET visible_upto = talk.last_seq, read_upto = talk.last_seq,"
    " delivered_upto = talk.last_seq FROM chat_conversation AS talk WHERE talk.id = own.conversation_id",
    "UPDATE realtime_userstream AS stream SET head = newest.pos FROM (SELECT user_id, max(pos) AS pos"
    " FROM realtime_userevent GROUP BY user_id) AS newest WHERE stream.user_id = newest.user_id",
)

COUNTS = "SELECT (SELECT count(*) FROM chat_message), count(*) FROM realtime_userevent"


class HistoryProblem(Exception):
    """The filled tables do not hold what they should."""


def fill_history(postgres: PostgresServer, database: str, count: int) -> float:
    """Store `count` messages with two events each, spread over all pairs; return the seconds it took.

    Raises: HistoryProblem.
    """
    started = time.perf_counter()
    with psycopg.connect(postgres.url(database), autocommit=True) as connection:
        with connection.transaction():
            connection.execute(PLAN)
            connection.execute(MESSAGES, {"count": count})
            connection.execute(EVENTS)
            for statement in MARKS:
                connection.execute(statement)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        stored = connection.execute(COUNTS).fetchone()
    if stored is None or stored[0] < count or stored[1] < 2 * count:
        raise HistoryProblem(f"{stored} rows instead of {count} messages and {2 * count} events")
    return time.perf_counter() - started
