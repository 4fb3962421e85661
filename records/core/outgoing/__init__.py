"""What has to leave the process: mail, webhooks, messages to cases, calendars."""
