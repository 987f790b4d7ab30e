"""Statements of reporters."""
