"""Exit 0 when a health address answers 200 and, if components are named, when each of them is ok.

    probe.py http://127.0.0.1:8000/healthz
    probe.py http://web:8000/readyz worker

Standard library only: this is the health check of a container and of a unit, and starts in 60 ms.
"""

import json
import sys
import urllib.error
import urllib.request

SECONDS = 4.0


def fetch(address: str) -> tuple[int, bytes]:
    """Return the status and the body, also of a refusal; a proxy named in the environment is not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})  # noqa: S310
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return answer.status, answer.read(65_536)
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(65_536)


def find_faults(status: int, body: bytes, components: list[str]) -> list[str]:
    """Return what is not well: the status if no component is named, else the components that are not ok."""
    if not components:
        return [] if status == 200 else [f"status {status}"]
    answer = json.loads(body)
    return [name for name in components if not is_ok(answer, name)]


def is_ok(answer: dict[str, object], component: str) -> bool:
    """Say whether readyz names the component and calls it ok."""
    return answer.get(component) in (True, "ok")


def main(arguments: list[str]) -> int:
    """Return the exit code and print what is wrong."""
    address, *components = arguments
    try:
        faults = find_faults(*fetch(address), components)
    except (OSError, ValueError) as error:
        faults = [type(error).__name__]
    if faults:
        print("not ok: " + ", ".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
