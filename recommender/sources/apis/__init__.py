"""One file a network source: a pure adapter, and a fetcher that yields pages."""
