-- The versions of two leads on which a suspicion rests (5.1, D2): it counts while both are the current ones.
CREATE TABLE link_version (
    link_version INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    link INTEGER NOT NULL REFERENCES link, a_document INTEGER NOT NULL REFERENCES document,
    b_document INTEGER NOT NULL REFERENCES document
);
CREATE INDEX link_version_link ON link_version (link);
-- Further phones of a version's contact, hashed: second numbers, and numbers without their area code (D2).
CREATE TABLE contact_phone (
    contact_phone INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES document, number BLIND NOT NULL
);
CREATE INDEX contact_phone_lead ON contact_phone (lead);
-- Why a row was returned (D18): "form" where something was not legible, "5.2" where the contact was missing.
CREATE TABLE return_ground (
    return_ground INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document, row INTEGER NOT NULL, ground TEXT NOT NULL
);
CREATE INDEX return_ground_document ON return_ground (document);
-- The same file may come in once more with an earlier time of receipt, which then counts (D4).
DROP INDEX document_once;
CREATE INDEX document_sha256 ON document (sha256);
