"""The published contract, drawn from the code: `docs/protocol/openapi.yaml` is REST, `asyncapi.yaml` the socket."""
