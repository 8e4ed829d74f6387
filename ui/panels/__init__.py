"""Parts of pages: each draws one thing and changes it through the store."""
