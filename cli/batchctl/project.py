"""Where the product's own files are, where what is built of them goes, and where users keep theirs.

In a checkout all three are its root. Installed, the wheel brought the files along, and what is built goes to the user's
cache: site-packages is no place to write in, nor is the folder that one happens to be in.
"""

from pathlib import Path

from platformdirs import user_cache_path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_project"
IS_INSTALLED = _BUNDLED.is_dir()
ROOT = _BUNDLED if IS_INSTALLED else _PACKAGE.parents[1]
BUILDS = user_cache_path("batchctl") if IS_INSTALLED else ROOT / ".aws-sam"
# Of schemas/, generated/ and demo-output/.
WORKING_FOLDER = Path() if IS_INSTALLED else ROOT
