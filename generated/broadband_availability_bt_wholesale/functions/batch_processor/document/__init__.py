# Copied by `batchctl factory generate` from functions/batch_processor/document/__init__.py:
# change that, not this file.
"""What people write as JSON, and how they are told what is wrong with it."""
