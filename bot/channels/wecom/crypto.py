"""Signature and encryption of WeCom callbacks (WXBizMsgCrypt).

Signature: SHA-1 of token, timestamp, nonce and ciphertext, sorted and joined. Cipher: AES-256-CBC, key = base64 of the EncodingAESKey
plus "=", IV = its first 16 bytes, PKCS#7 to blocks of 32 bytes. Plaintext: 16 random bytes, four bytes of length (big-endian),
the message, the receive id (the corp id).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Rejected(Exception):
    """A callback that is not WeCom's, or not whole. The message is for the log; nothing of it goes out."""


class Crypto:
    """Seals and opens the messages of one application. Raises ValueError when the key is not 43 letters and digits."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if not _KEY.fullmatch(aes_key):
            raise ValueError("EncodingAESKey must be 43 letters and digits")
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._receive_id = receive_id.encode()

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The hexadecimal signature of one ciphertext."""
        joined = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 (the protocol's choice)

    def signed(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bool:
        """Is the signature right? Compared in constant time."""
        expected = self.signature(timestamp, nonce, encrypted)
        return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """The message of a ciphertext. Raises Rejected when signature, padding, length or receive id is wrong."""
        if not self.signed(signature, timestamp, nonce, encrypted):
            raise Rejected("wrong signature")
        return self.decrypt(encrypted)

    def decrypt(self, encrypted: str) -> bytes:
        """The message of a ciphertext whose signature is already checked. Raises Rejected."""
        try:
            sealed = base64.b64decode(encrypted.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise Rejected("not base64") from None
        if not sealed or len(sealed) % 16:
            raise Rejected("not whole cipher blocks")
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= BLOCK or len(padded) < padding or padded[-padding:] != bytes([padding]) * padding:
            raise Rejected("wrong padding")
        plain = padded[:-padding]
        if len(plain) < 20:
            raise Rejected("too short")
        (length,) = struct.unpack(">I", plain[16:20])
        if length > len(plain) - 20:
            raise Rejected("wrong length")
        if not hmac.compare_digest(plain[20 + length :], self._receive_id):
            raise Rejected("for another corp")
        return plain[20 : 20 + length]

    def encrypt(self, message: bytes) -> str:
        """The ciphertext of a message, base64."""
        plain = os.urandom(16) + struct.pack(">I", len(message)) + message + self._receive_id
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
