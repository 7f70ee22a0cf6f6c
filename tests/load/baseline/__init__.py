"""The yardstick: a deliberately plain Channels chat, written as the tutorials write it.

Daphne, the channels_redis core layer, a group per conversation, one ORM INSERT per message through
`database_sync_to_async`, a DRF serializer for the payload, a token in the query. Nothing here is made
slow on purpose and nothing is made fast: what the product is compared with must stay ordinary.
"""
