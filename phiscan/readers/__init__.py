"""Turn pixels into words: one module for each engine, ending in `READER`."""
