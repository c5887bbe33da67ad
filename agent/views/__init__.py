"""A brief becomes text for a terminal, Markdown or JSON."""
