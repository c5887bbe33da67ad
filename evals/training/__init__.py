"""Train the entailment model that checks claims, so that anybody can do it again."""
