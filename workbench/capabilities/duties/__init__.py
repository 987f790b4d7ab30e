"""What falls due when, and who is reminded."""
