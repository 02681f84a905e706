"""`python -m phiscan` is the same as `phiscan`."""

import sys

from phiscan.cli import main

sys.exit(main())
