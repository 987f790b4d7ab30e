"""Workbench for key-account lead collection under regulation DKHW080004."""

__version__ = "0.1.0"
