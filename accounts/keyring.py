"""The keys of sign-in tokens: one signs, it and those before it (or the one to come) are believed.

They come from the settings, or from two files in the data folder: `signing.pem`, made when it is first needed, and
`verifying.pem` with the public keys that are believed besides. The files are read anew when they change, so that
`rotate_signing_key` reaches every running process at once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.S)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that signs, its number (`kid`), and every key that is believed by its number."""

    kid: str
    signing: Ed25519PrivateKey
    verifying: dict[str, Ed25519PublicKey]


def current_keyring() -> Keyring:
    """The keys as they stand now."""
    if settings.JWT_SIGNING_KEY is not None:
        return _of(settings.JWT_SIGNING_KEY, tuple(settings.JWT_VERIFYING_KEYS))
    folder: Path = settings.JWT_KEY_FOLDER
    return _kept(folder, _stamp(folder / "signing.pem"), _stamp(folder / "verifying.pem"))


def published_keys() -> dict[str, Any]:
    """Every key that is believed, as a JWK set (RFC 7517, RFC 8037)."""
    keys = [{**_jwk(key), "kid": kid, "use": "sig", "alg": "EdDSA"} for kid, key in current_keyring().verifying.items()]
    return {"keys": keys}


def new_signing_key() -> str:
    """An Ed25519 private key in PEM (PKCS 8)."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(private_pem: str) -> str:
    """The public key that belongs to a private one, in PEM."""
    return _private(private_pem).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def rotate_kept_key() -> Keyring:
    """Signs with a new key from now on, and believes the one before it; the one before that is believed no more.

    Only where the keys are kept in the data folder.
    """
    folder: Path = settings.JWT_KEY_FOLDER
    current_keyring()  # there is one to follow
    former = public_pem((folder / "signing.pem").read_text(encoding="ascii"))
    # In this order there is no moment in which a token of either key is refused.
    _write(folder / "verifying.pem", former)
    _write(folder / "signing.pem", new_signing_key())
    return current_keyring()


@lru_cache(maxsize=4)
def _kept(folder: Path, signing: Any, verifying: Any) -> Keyring:
    """The keyring of the folder; the stamps of its files tell one from the one before."""
    path = folder / "signing.pem"
    if signing is None:
        _make(path)
    others = folder / "verifying.pem"
    texts = _PEM.findall(others.read_text(encoding="ascii")) if verifying is not None else []
    return _of(path.read_text(encoding="ascii"), tuple(texts))


@lru_cache(maxsize=4)
def _of(signing: str, others: tuple[str, ...]) -> Keyring:
    private = _private(signing)
    keys = [private.public_key(), *(_public(pem) for pem in others)]
    return Keyring(kid=_thumbprint(keys[0]), signing=private, verifying={_thumbprint(key): key for key in keys})


def _private(pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("The signing key is no Ed25519 key.")
    return key


def _public(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("A verifying key is no Ed25519 key.")
    return key


def _jwk(key: Ed25519PublicKey) -> dict[str, str]:
    raw = base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()
    return {"crv": "Ed25519", "kty": "OKP", "x": raw}


def _thumbprint(key: Ed25519PublicKey) -> str:
    """RFC 7638."""
    text = json.dumps(_jwk(key), sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _draft(path: Path, text: str) -> Path:
    """The text whole under another name: nobody reads half a key, and a kill leaves the former one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        if os.geteuid() == 0:  # root, who rotates a key, must not lock out the account that web and worker run as
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return draft


def _write(path: Path, text: str) -> None:
    _draft(path, text).replace(path)


def _make(path: Path) -> None:
    """Makes the first key. Two first starts at once agree on one."""
    draft = _draft(path, new_signing_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
