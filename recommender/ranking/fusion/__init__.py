"""All parts as one score: z-scores, weights, and the trust gate."""
