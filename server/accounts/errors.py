"""What can go wrong with an account, each with its stable code."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class CodeInvalid(WarmlijnError):
    """An invitation code is unknown, used, revoked or expired: the four are never told apart."""

    code, http_status, title = "auth.code_invalid", 400, "This code does not work; ask for a new one"


class CredentialsInvalid(WarmlijnError):
    """No such account, a wrong password, a suspended person: never told apart, the same work for each."""

    code, http_status, title = "auth.credentials_invalid", 401, "E-mail address or password is not right"


class TicketInvalid(WarmlijnError):
    """A socket ticket is unknown, used or expired."""

    code, http_status, title = "auth.ticket_invalid", 401, "This ticket does not work; ask for a new one"


class PasswordRefused(WarmlijnError):
    """A new password is too short, too common or too close to the person; `reasons` holds Django's codes."""

    code, http_status, title = "auth.password_refused", 400, "Choose another password"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(extra={"reasons": reasons})


class EmailTaken(WarmlijnError):
    """Another account has this e-mail address. Shown to whoever makes accounts, never at a door."""

    code, http_status, title = "accounts.email_taken", 409, "This e-mail address is in use"
