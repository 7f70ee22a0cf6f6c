"""The room of escalations: from a worry to somebody who answers."""
