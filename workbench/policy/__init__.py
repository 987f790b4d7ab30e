"""L1: the regulation as dated data and pure functions on columns.

No files besides its own YAML, no clock, no Excel. ``rulebook.RULES`` lists every clause.
"""
