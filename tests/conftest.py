"""Settings of all tests."""

from hypothesis import settings

# A shared machine is slow at times; an example that takes long is no fault of the code.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
