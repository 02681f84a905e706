"""Measure accuracy and speed; every published number comes from a script in this folder."""
