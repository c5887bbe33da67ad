"""A comparison, rendered: terminal, Markdown, HTML, and the files that scripts read."""
