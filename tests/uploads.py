"""Files as people send them, kept aside as the server keeps them while it looks at them."""

from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import NamedTuple

from services.collection.attachments import attach
from services.collection.receiving import received

MORE_THAN_ANY_MB = 1_000


class Sent(NamedTuple):
    """A file on the sender's machine."""

    name: str
    content: bytes


@contextmanager
def on_disk(content):
    """A file of the system without a name that holds some bytes."""
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file


def send(actor, database, place, sent, limits):
    """Attach a file as if it had come over HTTP."""
    with received(sent.name, [sent.content], None, MORE_THAN_ANY_MB) as upload:
        return attach(actor, database, place, upload, limits)
