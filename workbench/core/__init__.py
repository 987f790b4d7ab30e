"""L0: periods, working days, places, findings and errors; knows nothing of the regulation."""
