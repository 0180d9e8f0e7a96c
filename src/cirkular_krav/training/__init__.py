"""Fitting of the linear models that the package carries with it; nothing in reading or matching imports this."""
