"""The register on a PostgreSQL server that many people share: same rows, same ciphertext, same trail."""
