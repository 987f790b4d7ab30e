-- who wrote an entry: his signature (Ed25519, hex) over the entry's number and chain, made with the key the roster names;
-- entries of before have none
CREATE TABLE entry_signature (
  entry INTEGER PRIMARY KEY REFERENCES entry (entry),
  signature TEXT NOT NULL
);
