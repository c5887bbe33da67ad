"""Bring an earlier brief up to date with new sources, and say what became of its judgements."""
