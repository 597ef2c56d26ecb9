"""Protocols, measures and tables by which predictors are trained and compared (SPEC 9)."""
