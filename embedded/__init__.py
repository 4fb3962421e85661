"""Everything on one machine: the process manager behind `vetted dev`."""
