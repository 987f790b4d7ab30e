"""Rewards and penalties of a quarter: from lines to approval, payment and appeals (clause 7)."""
