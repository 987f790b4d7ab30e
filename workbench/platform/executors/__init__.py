"""Who does work that needs no key: this process, processes of this PC, the workers of a cluster."""
