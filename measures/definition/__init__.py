"""Definitions as data: what a collaborative collects and measures, and what follows from it.

Pure Python. Other packages import from the modules of this package:

spec          the frozen dataclasses
answers       the answers of a case, and their JSON
values        text to value and back, for the web form and the import alike
check         findings, skip logic, calculations
evaluate      the outcome of one case under one measure; outcomes_sql does it for many in SQL
file, redcap  definition files and REDCap data dictionaries, in and out
expression    the language of conditions and calculations
canonical     specs as JSON, and their digest
"""
