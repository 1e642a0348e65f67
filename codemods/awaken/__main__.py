"""`python -m awaken`: the same as the `awaken` command."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # `-m` puts the working directory in front, where the modules of the project at hand are
    if sys.path and sys.path[0] in ("", os.getcwd()) and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]

    from awaken_cli import main

    main()
