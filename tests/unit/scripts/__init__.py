"""The repository's own tools do what the recipes rely on."""
