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


class EmailRefused(WarmlijnError):
    """Nobody can come in with this e-mail address: it has no form of one, or an account has it. Never told apart."""

    code, http_status, title = "accounts.email_refused", 400, "Choose another e-mail address"


class OtpRequired(WarmlijnError):
    """The password is right and a second factor is asked; `factors` names what this person has."""

    code, http_status, title = "auth.otp_required", 401, "Type the code of your authenticator app as well"

    def __init__(self, factors: list[str]) -> None:
        super().__init__(extra={"factors": factors})


class OtpInvalid(WarmlijnError):
    """The code is wrong, too old, or was used before."""

    code, http_status, title = "auth.otp_invalid", 401, "This code is not right; wait for the next one"


class PasskeyInvalid(WarmlijnError):
    """A passkey's answer does not fit: an unknown key, another origin, a used question, a wrong signature."""

    code, http_status, title = "auth.passkey_invalid", 401, "This passkey does not work here"


class StepUpRequired(WarmlijnError):
    """It is too long ago that this session showed who it is: `POST /sessions/current/step-up`, then once more."""

    code, http_status, title = "auth.step_up_required", 403, "Show once more who you are"


class FactorRequired(WarmlijnError):
    """This role may do nothing before it has a second factor: `/me/factors`."""

    code, http_status, title = "auth.factor_required", 403, "Set up a second step for signing in first"


class RecoveryInvalid(WarmlijnError):
    """A recovery code is unknown, used, replaced, or of somebody who is suspended: never told apart."""

    code, http_status, title = "auth.recovery_invalid", 400, "This code does not work"


class MonthNotSettled(WarmlijnError):
    """Figures are of whole months that are over for a week; `newest` is the newest month there is."""

    code, http_status, title = "insight.month_not_settled", 409, "There are no figures of this month yet"

    def __init__(self, newest: str) -> None:
        super().__init__(extra={"newest": newest})


class FactorExists(WarmlijnError):
    """There is an authenticator app already, or this passkey is known: remove it first."""

    code, http_status, title = "accounts.factor_exists", 409, "This is set up already"


class TooManyFactors(WarmlijnError):
    """So many passkeys nobody needs."""

    code, http_status, title = "accounts.too_many_factors", 409, "Remove a passkey first"


class LastAdmin(WarmlijnError):
    """Without this admin the team would have none."""

    code, http_status, title = "accounts.last_admin", 409, "A team needs an admin"


class InvitationUsed(WarmlijnError):
    """Somebody came in by this invitation: there is nothing left to revoke."""

    code, http_status, title = "accounts.invitation_used", 409, "Somebody has used this invitation"


class PushTokenInvalid(WarmlijnError):
    """A push token has no form in which anything could be sent to it, or a browser's names no push service we use."""

    code, http_status, title = "device.token_invalid", 400, "This device cannot be registered like this"
