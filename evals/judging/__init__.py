"""A model as judge of briefs: it finds flaws, and is itself tested before it is believed."""
