"""Commands that measure; docs/benchmarks.md has their figures."""
