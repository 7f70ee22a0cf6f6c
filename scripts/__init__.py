"""The repository's own tools: setting up, running the test stages, looking for secrets."""
