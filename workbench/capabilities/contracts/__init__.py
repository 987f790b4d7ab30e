"""The contract register and the conversion rate (6.5)."""
