"""Calendars and draws as plain values: the same log and the same seed give the same sample. Nothing here knows Django."""
