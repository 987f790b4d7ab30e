-- Customers' names are sealed where they stand (names.py): in columns that may name a customer, under a key made of the names
-- key and the salt of whom the row is about. `customer_key` holds #12, the subject's number, in place of the normalised name.
-- What is worked out of a name when it comes in, since not everybody can read it afterwards:
CREATE TABLE short_name (          -- D2: the version's name may be that of several customers of its city
    short_name INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    lead INTEGER NOT NULL, document INTEGER NOT NULL REFERENCES document
);
CREATE TABLE document_place (      -- D4: the place of a file's name among all names, as a text to sort by (places.py)
    document_place INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry,
    document INTEGER NOT NULL REFERENCES document, place TEXT NOT NULL
);
CREATE UNIQUE INDEX document_place_document ON document_place (document);
