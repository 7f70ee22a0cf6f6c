"""The only writers of the chat tables.

Lock order: conversations ascending → memberships ascending → streams ascending.
"""
