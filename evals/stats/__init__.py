"""Which of two versions is better, by how much, and how sure that is; docs/statistics.md."""
