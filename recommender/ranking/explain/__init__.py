"""Why a paper scores as it does, and what it would score without a like."""
