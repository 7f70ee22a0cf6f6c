"""The published contract, drawn from the code: `docs/protocol/openapi.yaml` for REST, `asyncapi.yaml` for the socket."""
