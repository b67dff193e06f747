"""Which registered targets a CSV could go to, and how well they fit."""
