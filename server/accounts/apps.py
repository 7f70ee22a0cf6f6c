"""Django's handle on the accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Label `accounts`."""

    name = "server.accounts"
    label = "accounts"
