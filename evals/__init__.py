"""How good the briefs are, and which prompts are better."""
