"""The local AWS: MiniStack, made to behave like AWS where the batch processor depends on it.

`process.Emulator` starts it; everything else here is imported only inside the emulator's own process,
whose Python environment has `ministack` and `boto3` (MiniStack pins its own botocore).
"""
