"""Cases, tasks and calendars over HTTP."""
