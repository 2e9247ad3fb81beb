"""The keys that sign-in tokens are signed and checked with: Ed25519, in PEM.

Nothing is made here: without JWT_SIGNING_KEY the key of the data folder is made when the first token is signed.
"""

from __future__ import annotations

import re
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from watchly import env

_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.S)
_HOW = "`manage.py rotate_signing_key --print` prints one"


def signing_key(*, production: bool) -> str | None:
    """JWT_SIGNING_KEY or JWT_SIGNING_KEY_FILE, checked; None where the key of the data folder is used.

    Raises ConfigurationError when it is missing in production, or is no Ed25519 private key.
    """
    text = env.text("JWT_SIGNING_KEY")
    if text is None:
        if production:
            raise env.ConfigurationError(
                f"JWT_SIGNING_KEY is not set: in production name an Ed25519 private key in PEM ({_HOW})."
            )
        return None
    if not isinstance(_loaded(load_pem_private_key, text, password=None), Ed25519PrivateKey):
        raise env.ConfigurationError(f"JWT_SIGNING_KEY is no Ed25519 private key in PEM: {_HOW}.")
    return text


def verifying_keys() -> list[str]:
    """JWT_VERIFYING_KEYS: public keys that are believed besides the signing key's, one PEM behind the other."""
    text = env.text("JWT_VERIFYING_KEYS")
    if text is None:
        return []
    found = _PUBLIC.findall(text)
    if not found or _PUBLIC.sub("", text).strip():
        raise env.ConfigurationError("JWT_VERIFYING_KEYS holds something else than public keys in PEM.")
    if not all(isinstance(_loaded(load_pem_public_key, pem), Ed25519PublicKey) for pem in found):
        raise env.ConfigurationError("JWT_VERIFYING_KEYS holds a key that is no Ed25519 public key.")
    return found


def _loaded(load: Any, text: str, **options: Any) -> Any:
    try:
        return load(text.encode(), **options)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
