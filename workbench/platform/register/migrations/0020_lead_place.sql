-- The leads of a place that came since its names were kept (0019): found without going through all the others of the place.
CREATE INDEX lead_place ON lead (province, city, lead_version);
DROP INDEX lead_block;
