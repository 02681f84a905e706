"""phiscan and what people use instead, on the same photos, in one run."""
