"""Facts: past-tense events, recorded in the transaction that makes them true, relayed at least once to who listens."""
