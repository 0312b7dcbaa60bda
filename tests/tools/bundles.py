"""Bundles for the verifier's tests, and ways to change and run them."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from services.accounting.archive import archive_of
from services.accounting.bundle import MANIFEST, SEAL, Enclosure, Evidence, bundle_of
from services.accounting.results import ActivityRow
from services.standards.calculate import calculate
from services.standards.catalog import load_catalog
from services.standards.request import CalculationRequest
from tests.services.standards.asking import KNOWN_ON, record

TOOL = Path(__file__).parents[2] / "tools" / "carbon_verify.py"
CHEMICALS = "GB/T 32151.10-2015"
RECORDS = (
    record("fuel", "coke", FC={"value": 1.5, "unit": "kt"}, BF=0.1),
    record("fuel", "ng", FC=12.5, NCV=389.31),
    record("el_buy", MWh={"value": 20, "unit": "万kWh", "origin": "estimated"}),
    record("ht_buy", t=10, P=1.25, T=333.3),
    record("feedstock", "crude", Q=100.25) | {"direction": "in"},
    record("feedstock", "gasoline", Q=10.5) | {"direction": "out"},
    record("n2o_hno3", "dual", P=10) | {"abatement": "cat"},
    {"source": "el_sell", "missing": "not_estimated", "note": "meter broken"},
)


INVOICE = b"%PDF-1.7 invoice"
INVOICE_HASH = hashlib.sha256(INVOICE).hexdigest()


def evidence(method=CHEMICALS, records=RECORDS, year=2023, **others):
    order = CalculationRequest(method, year, "320000", records, KNOWN_ON, **others)
    typed = (ActivityRow(0, "fuel", "coke", {"FC": "1,500", "files": INVOICE_HASH}, "仓库"),)
    files = (Enclosure("pdf", INVOICE, {"name": "发票.pdf"}),)
    return Evidence(order, calculate(load_catalog(), order), typed, files=files)


def bundle(*arguments, heat_power=None, **others):
    text = TOOL.read_text(encoding="utf-8")
    found = replace(evidence(*arguments, **others), heat_power=heat_power)
    return bundle_of(load_catalog(), found, "说明 · readme\n", text)


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(data, **others):
    """Return the archive with other contents of some members, its seals left as they are."""
    members = members_of(data)
    return archive_of(members | others, data[-64:])


def resealed(members):
    """Return an archive with all hashes made anew, as a careful forger would."""
    manifest = json.loads(members[MANIFEST])
    for name in manifest["members"]:
        content = members[name]
        digest = hashlib.sha256(content).hexdigest()
        manifest["members"][name] = {"sha256": digest, "bytes": len(content)}
    text = json.dumps(manifest).encode()
    seal = hashlib.sha256(text).hexdigest()
    sealed = {MANIFEST: text, SEAL: f"{seal}  {MANIFEST}\n".encode()}
    return archive_of(members | sealed, seal.encode())


def changed(data, name, change):
    """Return a resealed bundle of which one JSON member was changed in place."""
    members = members_of(data)
    document = json.loads(members[name])
    change(document)
    return resealed(members | {name: json.dumps(document).encode()})


def verify(data, folder, tool=TOOL):
    """Run the verifier alone, without site packages, from an empty folder."""
    (folder / "bundle.zip").write_bytes(data)
    (folder / "empty").mkdir(exist_ok=True)
    return run([str(folder / "bundle.zip")], folder / "empty", tool)


def run(arguments, folder, tool=TOOL):
    """Run the verifier's command in a folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(tool), *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
        env={},
    )
