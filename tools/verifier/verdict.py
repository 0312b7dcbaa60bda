"""The command: open, recompute, compare, and say what was found and what is not proved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from services.accounting.bundle import HEAT_POWER, LOG, MANIFEST
from services.accounting.filing import fingerprint
from services.algorithms.checkpoints import NoteError, read_key
from services.standards.missing import quality_of
from services.standards.month_gaps import MissingMonths, missing_months
from services.standards.sectors import sector_totals
from services.standards.totals import parts_by_month, totals_of
from tools.verifier.export import Export, is_export, verify_export
from tools.verifier.findings import Finding, same
from tools.verifier.heat_power import check_split
from tools.verifier.opening import (
    NotABundleError,
    check_enclosures,
    check_hashes,
    check_schema,
    check_seal,
    documents_of,
    members_of,
)
from tools.verifier.proofs import PROOFS, Kept, check_document, check_proofs, check_run
from tools.verifier.recompute import (
    REQUEST,
    RESULT,
    Bundle,
    bundle_from,
    check_lines,
    month_of,
)

ACTIVITY = "activity.json"
OPTIONS = ("--key", "--checkpoint", "--growth")
OK, DIFFERS, UNUSABLE = 0, 1, 2
USAGE = """\
用法 · usage: python3 carbon_verify.py 证据包.zip
  [--key 日志公钥 log key]... [--checkpoint 以前的检查点 kept checkpoint]...
  [--growth 增长证明 proof of growth]...
python3 carbon_verify.py --key … proof.json [文件 document]
python3 carbon_verify.py --key … [--checkpoint …] 日志导出 export.zip"""
NOT_PROVED = """\
本核验不证明 · what this does not prove:
  - 活动数据真实、完整，原始凭证属实 · that the activity is true and complete
  - 因子与公布的文件一致，没有更新的因子 · that factors are those of the documents, or the newest
  - 方法适用于该单位 · that the method is the right one for the organization
  - 所填文字读成的数是填报人的本意 · that a typed text was read as it was meant
  - 证据包出自该平台且未被整体重做 · that nobody made the whole bundle anew: compare the
    input hash below with the one on the platform's result page and report"""
# With keys to trust, a bundle made anew does show: its records are not in the log.
LOGGED = "透明日志 · in the transparency log, signed by the trusted key"


def verify(data: bytes, kept: Kept | None = None) -> tuple[list[Finding], Mapping[str, Any]]:
    """Return everything that differs in a bundle, and its documents.

    Without keys to trust, proofs of the transparency log are not looked at.
    """
    members, findings = members_of(data)
    documents, unreadable = documents_of(members)
    broken = list(check_seal(data, members))
    if not broken:
        check_schema(documents)
    findings += [*broken, *unreadable]
    if MANIFEST in documents:
        findings += _guarded(MANIFEST, check_hashes, members, documents[MANIFEST])
    if not unreadable:
        told = documents[ACTIVITY], documents[REQUEST]
        findings += _guarded(ACTIVITY, check_enclosures, members, *told)
        findings += _guarded(RESULT, _check_documents, documents)
    if kept is not None and not unreadable:
        findings += _guarded(LOG, _check_log, documents, members, kept)
    return list({str(finding): finding for finding in findings}.values()), documents


def verify_proofs(data: bytes, document: bytes | None, kept: Kept) -> list[Finding]:
    """Return what differs in a file of proofs, and in the document that it is about."""
    try:
        proofs = json.loads(data.decode())
    except ValueError:
        raise NotABundleError("不是证明文件 · no file of proofs") from None
    if not isinstance(proofs, dict) or proofs.get("form") != PROOFS:
        raise NotABundleError("不是证明文件 · no file of proofs")
    findings = _guarded(LOG, check_proofs, proofs, kept)
    if document is not None:
        findings += _guarded(LOG, check_document, proofs, document)
    return findings


def _check_log(
    documents: Mapping[str, Any], members: Mapping[str, bytes], kept: Kept
) -> Iterator[Finding]:
    if LOG not in documents:
        yield Finding(LOG, "", "no_proof")
        return
    yield from check_proofs(documents[LOG], kept)
    yield from check_run(documents, members, documents[LOG])


def _guarded(where: str, check: Any, *arguments: Any) -> list[Finding]:
    """Return what a check finds; where it cannot go on, the structure was changed."""
    findings: list[Finding] = []
    try:
        findings.extend(check(*arguments))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        findings.append(Finding(where, told, "shape"))
    return findings


def _check_documents(documents: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _check_links(documents)
    bundle = bundle_from(documents)
    yield from check_lines(bundle)
    yield from _check_totals(documents, bundle)
    if HEAT_POWER in documents:
        yield from check_split(documents)


def _check_totals(documents: Mapping[str, Any], bundle: Bundle) -> Iterator[Finding]:
    found = totals_of(bundle.counted, bundle.biomass_co2_t)
    result = documents[RESULT]
    for name, value in result["totals"].items():
        if not same(value, getattr(found, name)):
            yield Finding(RESULT, name, "recomputed", value, getattr(found, name))
        if not same(documents[MANIFEST]["totals"].get(name), value):
            yield Finding(MANIFEST, name, "unlike", documents[MANIFEST]["totals"].get(name), value)
    sectors = {code: source["sector"] for code, source in bundle.sources.items()}
    parts = {
        "memo": found.memo,
        "sectors": sector_totals(bundle.counted, sectors),
        "by_month": parts_by_month(bundle.counted, found.total_t),
    }
    beside = {f"{p}.{name}": value for p, group in parts.items() for name, value in group.items()}
    stated = {f"{p}.{name}": value for p in parts for name, value in result.get(p, {}).items()}
    missing: Any = list(_missing(bundle))
    period = bundle.first_day, bundle.last_day
    yield from _check_months(result, missing_months(bundle.counted, missing, period))
    quality = quality_of(bundle.counted, missing, period)
    for name in ("completeness", "estimated_share"):
        beside[name], stated[name] = getattr(quality, name), result[name]
    for name in dict.fromkeys([*beside, *stated]):
        if not same(stated.get(name), beside.get(name)):
            yield Finding(RESULT, name, "recomputed", stated.get(name), beside.get(name))


def _missing(bundle: Bundle) -> Iterator[SimpleNamespace]:
    """Yield what the records without a number are about."""
    for raw in bundle.request["records"]:
        if raw.get("missing"):
            scope, item = bundle.scopes[raw["source"]], (raw.get("item") or "").lower()
            told = {"source": raw["source"], "item": item, "month": month_of(raw)}
            yield SimpleNamespace(emission_scope=scope, notation=raw["missing"], **told)


def _check_months(result: Mapping[str, Any], found: Iterable[MissingMonths]) -> Iterator[Finding]:
    """Compare the months that nothing is said of."""
    stated, unsaid = result.get("missing_months", []), [each.as_json() for each in found]
    if stated != unsaid:
        yield Finding(RESULT, "missing_months", "recomputed", stated, unsaid)


def _check_links(documents: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare what several files say of the same, and the hashes that the platform recorded."""
    manifest, request = documents[MANIFEST], documents["request.json"]
    method, activity = documents["method.json"], documents[ACTIVITY]
    pairs = (
        ("year", manifest["year"], request["year"]),
        ("known_on", manifest["known_on"], request["known_on"]),
        ("gwp_set", manifest["gwp_set"], request.get("gwp_set") or method["gwp_set"]),
        ("method", manifest["method"], method["designation"]),
        ("method", request["method"], method["designation"]),
    )
    for name, stated, found in pairs:
        if not same(stated, found):
            yield Finding(MANIFEST, name, "unlike", stated, found)
    run, submission = manifest["run"], activity["submission"]
    if submission:
        rows = [[r["source"], r["item"], r["cells"], r["note"]] for r in activity["rows"]]
        if fingerprint(rows) != submission["rows_sha256"]:
            yield Finding(ACTIVITY, "rows", "hash")
    if run and not run["restates"]:
        names = ("method", "year", "region", "records", "known_on", "purpose")
        if fingerprint({name: request[name] for name in names}) != run["input_hash"]:
            yield Finding("request.json", "records", "hash")


def main(arguments: list[str]) -> int:
    """Verify the bundle named on the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options, files = _options(arguments)
        kept = _kept(options)
        if len(files) not in (1, 2):
            raise NotABundleError("…")
        contents = [Path(name).read_bytes() for name in files]
        if is_export(contents[0]):
            findings, export = verify_export(contents[0], kept or Kept())
            told = list(_told_export(findings, export))
        elif contents[0].startswith(b"PK"):
            findings, documents = verify(contents[0], kept)
            logged = [] if kept is None or findings else [f"  {LOGGED}"]
            told = [*_told(findings, documents), *logged, "", NOT_PROVED]
        else:
            beside = contents[1] if len(contents) > 1 else None
            findings = verify_proofs(contents[0], beside, kept or Kept())
            told = list(_told_proofs(findings))
    except (OSError, NotABundleError, NoteError) as error:
        sys.stderr.write(f"无法核验 · cannot verify: {error}\n{USAGE}\n")
        return UNUSABLE
    sys.stdout.write("\n".join([*told, ""]))
    return DIFFERS if findings else OK


def _options(arguments: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options with their values, and the names of files."""
    options, files, rest = [], [], list(arguments)
    while rest:
        word = rest.pop(0)
        if word in OPTIONS and rest:
            options.append((word, rest.pop(0)))
        elif word.startswith("-"):
            raise NotABundleError(word)
        else:
            files.append(word)
    return options, files


def _kept(options: list[tuple[str, str]]) -> Kept | None:
    """Return what an auditor brings along; None where nothing was named."""
    if not options:
        return None
    keys, checkpoints, growth = (
        [value for name, value in options if name == wanted] for wanted in OPTIONS
    )
    texts = [[Path(name).read_text(encoding="utf-8") for name in p] for p in (checkpoints, growth)]
    return Kept([read_key(key) for key in keys], *texts)


def _told_proofs(findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield f"不一致 · DIFFERS: {len(findings)}"
        yield from map(str, findings)
    else:
        yield "一致 · OK: 记录在透明日志中 · every record is in the transparency log"


def _told_export(findings: list[Finding], export: Export) -> Iterator[str]:
    yield f"不一致 · DIFFERS: {len(findings)}" if findings else "一致 · OK"
    yield from map(str, findings)
    yield f"  记录 · records: {export.records}"
    if export.removed:
        yield f"  随示例数据公开移除 · removed openly with the sample: {export.removed}"
    if export.erased:
        yield f"  到期清除的审计事件 · events of the trail erased after their time: {export.erased}"


def _told(findings: list[Finding], documents: Mapping[str, Any]) -> Iterator[str]:
    if findings:
        yield f"不一致 · DIFFERS: {len(findings)}"
        yield from map(str, findings)
        return
    manifest, result = documents[MANIFEST], documents[RESULT]
    yield "一致 · OK"
    yield f"  {manifest['method']}, {manifest['year']}, known_on {manifest['known_on']}"
    if manifest["run"]:
        yield f"  input_hash {manifest['run']['input_hash']}"
    yield f"  结果行 · lines: {len(result['lines'])}"
    for name, value in result["totals"].items():
        yield f"  {name} = {value!r} tCO2e"
    for name, value in documents.get(HEAT_POWER, {}).items():
        if name in ("heat_t", "power_t"):
            yield f"  {name} = {value!r} tCO2e"
