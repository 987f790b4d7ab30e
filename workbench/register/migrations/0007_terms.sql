-- The numbers of the regulation an approved quarter was settled under; null where it was approved before they were kept.
ALTER TABLE settlement ADD COLUMN terms JSON TEXT;
