"""Becomes another program that the kernel ends with its parent, so that no kill -9 leaves an orphan."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run as `python child.py PARENT_PID PROGRAM [ARGUMENT …]`; the program keeps this process's id."""
    parent, argv = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked.
    if os.getppid() != parent:
        sys.exit(f"the parent {parent} has ended")
    os.execvp(argv[0], argv)  # noqa: S606 - the command line is the caller's own


if __name__ == "__main__":
    main()
