"""Shared types, errors and progress. Every stage may import this; this imports no stage."""
