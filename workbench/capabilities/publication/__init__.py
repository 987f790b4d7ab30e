"""The publication of the 10th, 20th and 30th (6.1)."""
