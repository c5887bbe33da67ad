"""Turn open-source articles into a brief whose every sentence is cited and checked."""

__version__ = "0.1.0"
