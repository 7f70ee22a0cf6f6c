"""The chat consumer of the tutorial: a group per conversation, a row per message."""

from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AbstractBaseUser
from rest_framework.authtoken.models import Token

from tests.load.baseline.models import Conversation, Message
from tests.load.baseline.serializers import MessageSerializer


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """One socket of one member in one conversation."""

    async def connect(self) -> None:
        """Let a member of the conversation in."""
        self.conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        self.group_name = f"chat_{self.conversation_id}"
        self.user = await self.find_member()
        if self.user is None:
            await self.close()
            return
        await self.channel_layer.group_add(self.group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard(self.group_name, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        """Store what a member says and give it to the group."""
        payload = await self.create_message(content["body"])
        await self.channel_layer.group_send(self.group_name, {"type": "chat.message", "payload": payload})

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Hand a message of the group to this socket."""
        await self.send_json(event["payload"])

    @database_sync_to_async
    def find_member(self) -> AbstractBaseUser | None:
        """Return the token's user when they belong to the conversation."""
        key = parse_qs(self.scope["query_string"].decode()).get("token", [""])[0]
        token = Token.objects.select_related("user").filter(key=key).first()
        if token is None:
            return None
        mine = Conversation.objects.filter(id=self.conversation_id, members=token.user)
        return token.user if mine.exists() else None

    @database_sync_to_async
    def create_message(self, body: str) -> dict[str, Any]:
        """Insert a message and return what clients see of it."""
        message = Message.objects.create(conversation_id=self.conversation_id, sender=self.user, body=body)
        return dict(MessageSerializer(message).data)
