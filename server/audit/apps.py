"""Django's handle on the audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Label `audit`."""

    name = "server.audit"
    label = "audit"
