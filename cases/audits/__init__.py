"""Data validation audits: a second abstraction that never saw the first, and how far the two agree.

`cases.audits.selectors.figures.last_audits` says how each hospital's last finished audit went. Why the second
abstractor cannot see the first abstraction by any way: docs/adr/0011-the-second-abstractor-sees-no-case.md.
"""
