"""What an issue holds: window, eligible papers, selection, why the others are left out."""
