"""What Firebase's refusals mean for a delivery. Only a token that Firebase calls UNREGISTERED is dead.

| what comes back | verdict | cause |
| --- | --- | --- |
| 404 with UNREGISTERED | GONE | unregistered |
| 403 with SENDER_ID_MISMATCH: a token of another project's app | BROKEN, the token stays | sender_mismatch |
| 400 with INVALID_ARGUMENT | BROKEN | bad_token, bad_request |
| 401 after a fresh sign-in, 403, a sign-in refused, no readable file | STOPPED | unauthenticated, forbidden, … |
| 401 with THIRD_PARTY_AUTH_ERROR: Firebase's key for Apple; other phones are not concerned | RETRY | apns_auth |
| 429, with Retry-After when there is one | RETRY | quota |
| 503, 500, other 5xx | RETRY | unavailable, internal |
| a bare 404, a redirect, HTML, 200 with an error or nothing, a time-out, a cut line | RETRY | as the word says |

A refusal that is not in Google's form comes from something in between, a proxy's sign-in page for one: it is never
taken for Google's word.
"""

from __future__ import annotations

from typing import Any, Final

import requests
from firebase_admin.exceptions import FirebaseError
from google.auth.exceptions import RefreshError, TransportError

from server.push.backends.port import Outcome, Verdict
from server.push.backends.retrying import read_retry_after

_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
# FCM's own code, else Google's status → what it means
_BY_CODE: Final = {
    "UNREGISTERED": Outcome(Verdict.GONE, "unregistered"),
    "SENDER_ID_MISMATCH": Outcome(Verdict.BROKEN, "sender_mismatch"),
    "THIRD_PARTY_AUTH_ERROR": Outcome(Verdict.RETRY, "apns_auth"),
    "APNS_AUTH_ERROR": Outcome(Verdict.RETRY, "apns_auth"),
    "INVALID_ARGUMENT": Outcome(Verdict.BROKEN, "bad_request"),
    "UNAUTHENTICATED": Outcome(Verdict.STOPPED, "unauthenticated"),
    "PERMISSION_DENIED": Outcome(Verdict.STOPPED, "forbidden"),
    "NOT_FOUND": Outcome(Verdict.RETRY, "not_found"),
    "QUOTA_EXCEEDED": Outcome(Verdict.RETRY, "quota"),
    "RESOURCE_EXHAUSTED": Outcome(Verdict.RETRY, "quota"),
    "UNAVAILABLE": Outcome(Verdict.RETRY, "unavailable"),
    "INTERNAL": Outcome(Verdict.RETRY, "internal"),
}


def judge_firebase(problem: FirebaseError) -> Outcome:
    """Return what a refusal of one send means."""
    response, cause = problem.http_response, problem.cause
    if response is None:
        response = getattr(cause, "response", None)
    if response is None:
        return Outcome(Verdict.RETRY, _name_cut(cause))
    if 300 <= response.status_code < 400:
        return Outcome(Verdict.RETRY, "redirected")
    error = _read_error(response)
    found = _BY_CODE.get(_read_code(error)) or _BY_CODE.get(str(error.get("status")))
    if found is None:
        return _judge_status(response)
    if found.verdict == Verdict.BROKEN and "token" in str(error.get("message", "")):
        return Outcome(found.verdict, "bad_token" if found.cause == "bad_request" else found.cause)
    return _wait(found, response) if found.verdict == Verdict.RETRY else found


def judge_sign_in(problem: Exception) -> Outcome:
    """Return what a failed sign-in means: Google said no, or Google was not to be reached."""
    if isinstance(problem, TransportError):
        inner = problem.args[0] if problem.args else None
        return Outcome(Verdict.RETRY, _name_cut(inner) if isinstance(inner, Exception) else "unavailable")
    said = problem.args[1] if isinstance(problem, RefreshError) and len(problem.args) > 1 else None
    if isinstance(said, dict) and "error" in said:
        return Outcome(Verdict.STOPPED, "no_credentials")
    return Outcome(Verdict.RETRY, "odd_answer")


def _judge_status(response: requests.Response) -> Outcome:
    if response.status_code == requests.codes.too_many_requests:
        return _wait(_BY_CODE["QUOTA_EXCEEDED"], response)
    named = response.headers.get("content-type", "").startswith("application/json")
    return _wait(Outcome(Verdict.RETRY, "unavailable" if named else "not_json"), response)


def _name_cut(cause: object) -> str:
    if isinstance(cause, requests.exceptions.Timeout):
        return "timeout"
    if isinstance(cause, requests.exceptions.ConnectionError):
        return "cut"
    if isinstance(cause, requests.exceptions.TooManyRedirects):
        return "redirected"
    return "not_json"


def _wait(outcome: Outcome, response: requests.Response) -> Outcome:
    return Outcome(outcome.verdict, outcome.cause, read_retry_after(response.headers.get("retry-after")))


def _read_error(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _read_code(error: dict[str, Any]) -> str:
    details = error.get("details")
    for one in details if isinstance(details, list) else ():
        if isinstance(one, dict) and one.get("@type") == _FCM_ERROR:
            return str(one.get("errorCode"))
    return ""
