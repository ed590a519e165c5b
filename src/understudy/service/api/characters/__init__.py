"""Additions to the contract: a picture's character is looked at, corrected and kept."""
