"""Received workbooks on their way into the register."""
