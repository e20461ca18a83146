"""The mark that the bridge's creations carry in Planfix, made from the ledger key of what caused them."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("b0e0c3a6-6f4c-5a1b-9a53-54b07c3c5a6e")
"""Any fixed UUID will do; changing it would hide every earlier creation from us."""


def source_object_id(key: str) -> str:
    """Planfix's ``sourceObjectId`` (format uuid in its swagger) for an effect."""
    return str(uuid5(_NAMESPACE, key))
