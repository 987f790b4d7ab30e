"""Use cases: what the people of the regulation do with the register. One module per deed."""
