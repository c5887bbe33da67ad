"""The daily roll-up: what the briefs of a day claim, merged and compared without a model."""
