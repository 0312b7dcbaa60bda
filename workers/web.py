"""Settings of gunicorn, which serves `app:create_server()`; addresses come on its command line."""

from __future__ import annotations

from typing import Any

from services.settling import settle
from workers.lines import write_log

worker_class = "gthread"
threads = 4
# A browser keeps its connection; nginx in front would too.
keepalive = 30
graceful_timeout = 2
timeout = 120
# Imported and built once, before the workers are forked; nothing is connected by then.
preload_app = True
# A socket in the home folder that we do not use.
control_socket_disable = True


def post_fork(server: Any, _worker: Any) -> None:
    """Let our own loggers speak into gunicorn's output, at its level."""
    write_log(server.log.error_log.level)


def when_ready(_server: Any) -> None:
    """Settle once, before the workers are forked: it delayed one request in twenty."""
    settle()
