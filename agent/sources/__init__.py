"""Anything readable becomes a Source with numbered sentences."""
