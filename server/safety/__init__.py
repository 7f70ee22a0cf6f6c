"""The room of escalations: from a worry to somebody who answers (its own issue builds it)."""
