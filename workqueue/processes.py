"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Make what a child runs before exec: the kernel sends it this signal when its parent is gone.

    "Parent" is the thread that forked, so children are started from the main thread.
    """
    parent = os.getpid()

    def before_exec() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return before_exec
