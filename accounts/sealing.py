"""Small secrets that must be read again, encrypted at rest: who has a dump of the database cannot use them.

AES-256-GCM under a key that is derived from the secret key. What is sealed is bound to what it is for: copied to
another row it does not open. Keys before the present one (SECRET_KEY_FALLBACKS) still open what they sealed.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12  # bytes


class Unreadable(Exception):
    """It was sealed under another secret key or for somebody else, or it is damaged."""


def seal(secret: bytes, *, bound_to: str) -> str:
    """The secret, readable by `unseal` alone and for the same `bound_to`: four letters for three of its bytes + 28."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, secret, bound_to.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(text: str, *, bound_to: str) -> bytes:
    """What was sealed. Raises Unreadable."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Unreadable from error
    for key in secret_keys():
        try:
            return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            continue
    raise Unreadable


def secret_keys() -> list[str]:
    """The secret key and those before it that are still believed, in this order."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


@lru_cache(maxsize=4)
def _cipher(key: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.sealing").derive(key.encode())
    return AESGCM(derived)
