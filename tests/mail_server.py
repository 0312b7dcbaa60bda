"""A mail server that takes what it is handed, by the commands of RFC 5321 that a client sends."""

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy


@dataclass
class Taken:
    """What came in; with `refuses` every recipient is refused, and named in the answer."""

    port: int = 0
    refuses: bool = False
    messages: list = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 test")
        for line in self.rfile:
            verb = line.strip().split(b" ")[0].upper()
            if verb == b"QUIT":
                self.say("221 bye")
                return
            self.answer(verb, line)

    def answer(self, verb, line):
        if verb == b"RCPT" and self.server.taken.refuses:
            self.say(f"550 no such person: {line.decode().strip()}")
        elif verb == b"DATA":
            self.say("354 go on")
            self.server.taken.messages.append(self.whole())
            self.say("250 taken")
        else:
            self.say("250 test" if verb != b"STARTTLS" else "502 not here")

    def whole(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server():
    """Run a mail server on this machine for the while."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.taken = Taken(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.taken
        finally:
            server.shutdown()
            thread.join(10)
