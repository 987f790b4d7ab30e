"""What every interface needs: context, options, session, reports, due runner, schedule, mail."""

import workbench.capabilities  # noqa: F401 - the house is assembled before anything asks for it
