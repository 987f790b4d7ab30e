"""The business capabilities, one folder each, in the order in which they depend on each other."""
