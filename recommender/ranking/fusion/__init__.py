"""All parts as one score: z-scores, weights of the library, and weights of the reader."""
