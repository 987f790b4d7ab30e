"""Cases (request, decision, effect) with their four eyes, and tasks with their days."""
