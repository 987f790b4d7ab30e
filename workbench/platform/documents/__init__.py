"""Signed documents: receipts, manifests, delivered copies."""
