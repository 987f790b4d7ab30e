"""What every interface needs: context, options, session, reports, due runner, schedule, mail."""
