"""What a client sees of a message."""

from rest_framework import serializers

from tests.load.baseline.models import Message


class MessageSerializer(serializers.ModelSerializer[Message]):
    """All fields of a message."""

    class Meta:
        model = Message
        fields = ["id", "conversation", "sender", "body", "created_at"]
