"""The pages of a register's file as somebody with the file key sees them, free ones and their unused parts included."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, VECTOR, SALT = 4096, 80, 16, 16


def decrypted(path: Path, file_key: bytes) -> bytes:
    """Every page in the clear, by AES-256-CBC as SQLCipher 4 lays them out; none of the program's functions takes part."""
    raw, pages = path.read_bytes(), []
    for start in range(0, len(raw), PAGE):
        page = raw[start : start + PAGE]
        content = page[SALT if start == 0 else 0 : PAGE - RESERVED]
        vector = page[PAGE - RESERVED : PAGE - RESERVED + VECTOR]
        opener = Cipher(algorithms.AES(file_key), modes.CBC(vector)).decryptor()
        pages.append(opener.update(content) + opener.finalize())
    return b"".join(pages)
