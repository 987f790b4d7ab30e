-- The normalised names of a place's customers, many to a value, sealed under the names key (name_blocks.py): a new lead is
-- compared with all of its place without a name being opened by itself. Made of the leads and made anew at any time; outside
-- the trail.
CREATE TABLE name_block (
    name_block INTEGER PRIMARY KEY, province TEXT NOT NULL, city TEXT NOT NULL, sealed BLOB NOT NULL
);
CREATE INDEX name_block_place ON name_block (province, city);
