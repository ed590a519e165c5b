"""`python -m understudy` is the command `understudy`."""

from __future__ import annotations

from understudy.cli import main

if __name__ == "__main__":
    main()
