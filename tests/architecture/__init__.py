"""Contracts about the whole: the floors, the matrix, the files that deploy it."""
