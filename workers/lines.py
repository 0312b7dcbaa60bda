"""How every process writes its log: one line an event, whatever the event's text holds."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

LOG_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
# C0 and C1 signs, DEL, and what other programs take for the end of a line.
_CONTROL = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029))
_ESCAPED = {sign: f"\\x{sign:02x}" for sign in _CONTROL}


class OneLine(logging.Filter):
    """Makes one line of every event: nobody outside can add a line that looks like ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape what ends a line; a traceback is set in, whatever the error's text holds."""
        record.msg, record.args = record.getMessage().translate(_ESCAPED), None
        if record.exc_info and record.exc_info[0] is not None:
            told = "".join(traceback.format_exception(*record.exc_info))
            record.exc_text = "\n".join(
                f"  {line.translate(_ESCAPED)}" for line in told.splitlines()
            )
        return True


def write_log(level: str | int, file: Path | None = None) -> None:
    """Let the loggers of this process write from a level on, to a file or to standard error."""
    handler = logging.StreamHandler() if file is None else logging.FileHandler(file, "a", "utf-8")
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    handler.addFilter(OneLine())
    logging.basicConfig(level=level, handlers=[handler])
