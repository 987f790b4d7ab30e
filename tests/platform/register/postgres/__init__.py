"""Registers on a server."""
