-- Hashes come in no order, so each new one goes to a page of its own in an index of them. Of their beginnings alone an index is
-- half as large, and stays in memory at a million leads. What is looked for is compared whole (columns.where_clause).
DROP INDEX lead_phone;
CREATE INDEX lead_phone ON lead (substr(phone_key, 1, 12));
DROP INDEX contact_phone_number;
CREATE INDEX contact_phone_number ON contact_phone (substr(number, 1, 12));
DROP INDEX subject_key_name;      -- no name is given two keys: the one writer looks first (subjects.for_names)
CREATE INDEX subject_key_name ON subject_key (substr(name, 1, 12));
-- Of the digests only those are looked for that are not there.
DROP INDEX subject_state_digest;
CREATE INDEX subject_state_destroyed ON subject_state (digest, subject) WHERE digest IS NULL;
