from watchly.common.models.idempotency import IdempotencyRecord

__all__ = ["IdempotencyRecord"]
