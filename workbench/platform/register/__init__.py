"""The encrypted master register: keys, store, audit trail. The only SQL of the program."""
