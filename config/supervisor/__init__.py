"""Starts what Colloquy needs on one machine, for evaluation and for tests. Knows no Django.

`python -m config.supervisor demo` runs servers, web, worker and beat; `servers` only PostgreSQL and Valkey;
`run -- COMMAND` one command beside them. One data folder is held by one supervisor at a time.
"""
