"""The shapes that pass between stages; this package knows nothing but pydantic."""
