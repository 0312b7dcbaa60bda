"""The entry of the supervisor (`python -m workers.run`): what goes wrong is one clear sentence."""

from __future__ import annotations

import logging
import sys

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language

LOG = logging.getLogger(__name__)


class PackageMissingError(PlatformError):
    """A locked package is not installed, so nothing can be started."""

    text_key = "package_missing"


def main() -> int:
    """Run the platform until it is told to stop; return the exit status."""
    try:
        _start()
    except PlatformError as error:
        # With its cause in the log; without a handler there it must not reach the terminal.
        if logging.getLogger().handlers:
            LOG.error("not started", exc_info=error)
        tell(error)
        return 1
    except KeyboardInterrupt:
        # Before there was anything to stop.
        return 0
    return 0


def _start() -> None:
    try:
        # Imported here, so that a missing package is told like every other error.
        from workers.start import run_platform
    except ModuleNotFoundError as error:
        raise PackageMissingError(error.name or str(error)) from error
    run_platform()


def tell(error: PlatformError) -> None:
    """Print an error as one sentence in each language."""
    for language in LANGUAGES:
        with use_language(language):
            sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    sys.exit(main())
