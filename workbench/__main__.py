"""``python -m workbench`` is the command ``workbench``."""

import sys

from workbench.interfaces.cli import main

sys.exit(main())
