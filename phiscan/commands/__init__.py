"""The parts of the command: one module for each verb, imported when it is asked for."""
