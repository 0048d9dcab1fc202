"""The language of conditions and calculations: REDCap's surface, three-valued logic.

tokens, parser, syntax   text to syntax, which knows no form
resolve, coerce          syntax to nodes: every name found, every kind fits
nodes                    the typed expression, its canonical JSON, and what it means
python, sql              the back ends, equal by tests/measures/definition/expression_vectors.json
blame                    the missing variables that make an expression unknown
render                   syntax back to text, ours or REDCap's
"""
