"""Turn results into text: one module for each format, ending in `REPORT`."""
