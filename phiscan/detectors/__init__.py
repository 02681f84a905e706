"""Look at a scene and report findings: one module for each detector, ending in `DETECTOR`."""
