from cases.log.models.cycle import Cycle, LockExtension
from cases.log.models.unlock import UnlockRequest


__all__ = ["Cycle", "LockExtension", "UnlockRequest"]
