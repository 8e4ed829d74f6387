"""How an issue reaches its reader: files, mail, retries and the scheduler."""
