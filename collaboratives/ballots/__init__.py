"""Ballots: measure governance and other questions, one vote a hospital, counted once when the window closes."""
