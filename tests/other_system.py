"""Another system on this machine, over HTTP or TLS, that answers what a test tells it to."""

import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass
class OtherSystem:
    """What was asked of it, as (method, path, headers, body), and where it answers."""

    port: int
    scheme: str = "http"
    asked: list = field(default_factory=list)

    def url(self, path="/", host=LOOPBACK):
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextmanager
def other_system(answer, tls=None):
    """Yield a system; `answer(request, system)` writes to the request's handler."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            system.asked.append((self.command, self.path, dict(self.headers), body))
            answer(self, system)
            self.close_connection = True

        do_GET = do_POST = _take  # noqa: N815 # the names are those of http.server

        def log_message(self, *_):
            """Say nothing: what was asked stands in `asked`."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            """Say nothing of a caller that hangs up: that is what some tests are about."""

    server = Server((LOOPBACK, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    system = OtherSystem(server.server_port, "http" if tls is None else "https")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(request, body, status=200, headers=()):
    """Answer a request with a whole body."""
    request.send_response(status)
    for name, value in dict(headers).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def tls_pair(folder, name):
    """Return contexts of a server with a certificate for a name, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = [x509.DNSName(name), x509.IPAddress(ip_address("192.0.2.1"))]
    made = (
        x509.CertificateBuilder(whose, whose, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept, secret = folder / "certificate.pem", folder / "key.pem"
    kept.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    no_password = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, no_password))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(kept, secret)
    return server, ssl.create_default_context(cafile=str(kept))
