"""The demo: invented hospitals, invented people, generated cases with a known truth. Never part of a production start."""
