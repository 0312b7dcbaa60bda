"""The evidence bundle of a stored run: one zip that anybody recomputes (5.2.1 b)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from uuid import UUID

from services.accounting.bundle import TOTALS, VERIFIER, Enclosure, Evidence, bundle_of
from services.accounting.heat_power import split_of_run
from services.accounting.stored import RunMaterial, material_of_run
from services.data import attachments
from services.data.engine import Database
from services.data.line_writer import digest_of
from services.data.work import Work
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, language, t, use_language
from services.labels import Label
from services.security.permissions import Action, Actor, label_of
from services.security.readings import note_export
from services.security.scopes import scope_for
from services.security.trail import Deed
from services.standards.calculate import calculate
from services.standards.catalog import Catalog
from services.standards.results import Calculation, EmissionLine
from services.transparency.proofs import NotSealedError, proofs_of

VERIFIER_FILE = Path(__file__).parents[2] / "tools" / VERIFIER
NUMBERS = (
    "record",
    "source",
    "item",
    "gas",
    "gas_t",
    "gwp",
    "co2e_t",
    "emission_scope",
    "sign",
    "month",
)


class EvidenceError(PlatformError):
    """A run of which no bundle can be made."""


class EvidenceRecordsError(EvidenceError):
    """The rows of the run were not kept as they were understood."""

    text_key = "evidence_records"


class EvidenceDiffersError(EvidenceError):
    """The run does not recompute to what is stored."""

    text_key = "evidence_differs"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The bundle as it is sent."""

    name: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a bundle holds besides the calculation: files, a split, proofs, the highest label."""

    files: Sequence[Enclosure]
    heat_power: Mapping[str, object] | None
    log: Mapping[str, object] | None
    label: Label


def export_evidence(
    actor: Actor, database: Database, catalog: Catalog, run_id: UUID
) -> EvidenceFile:
    """Return the bundle of a run and write down who took it; the same run gives the same bytes."""
    with database.work(scope_for(actor, Action.EXPORT_EVIDENCE)) as work:
        found = material_of_run(work, actor, Action.EXPORT_EVIDENCE, run_id)
        label = label_of(actor, Action.EXPORT_EVIDENCE, found.subject.access_path)
        content = _bundle(catalog, found, _beside(work, catalog, found, label))
        file = EvidenceFile(_file_name(found), hashlib.sha256(content).hexdigest(), content)
        told = {"sha256": file.sha256, "bytes": len(file.content)}
        deed = Deed("export_evidence", str(found.run.run_id), after=told)
        note_export(work, actor, Action.EXPORT_EVIDENCE, found.subject, deed)
        work.commit()
    return file


def _enclosures(work: Work, found: RunMaterial) -> list[Enclosure]:
    return [
        Enclosure(
            file.kind,
            attachments.content_of(work, file),
            {
                "name": file.name,
                "added_by": file.added_by_name,
                "added_at": file.added_at.isoformat(),
            },
        )
        for file in found.files.values()
    ]


def _beside(work: Work, catalog: Catalog, found: RunMaterial, label: Label) -> _Beside:
    kept = split_of_run(work, catalog, found.run)
    split = {"method": found.run.method, **kept.as_json()} if kept else None
    return _Beside(_enclosures(work, found), split, _proofs(work, found), label)


def _proofs(work: Work, found: RunMaterial) -> Mapping[str, object] | None:
    """Return the proofs of the transparency log; none within seconds of the run."""
    wanted = [
        ("run", str(found.run.run_id)),
        ("submission", str(found.submission.submission_id)),
        *(
            ("attachment", f"{file.organization_id}/{file.year}/{file.sha256}")
            for _, file in sorted(found.files.items())
        ),
    ]
    try:
        return proofs_of(work, wanted).as_json()
    except NotSealedError:
        return None


def _bundle(catalog: Catalog, found: RunMaterial, beside: _Beside) -> bytes:
    if not found.records:
        raise EvidenceRecordsError("run", value=found.run.year)
    again = calculate(catalog, found.request)
    difference = next(_differences(found.calculation, again), None)
    if difference is not None:
        raise EvidenceDiffersError("run", **difference)
    # Where a newer library tells of a factor in other words, its lines are not those sealed.
    is_sealed = digest_of(again) == digest_of(found.calculation)
    enclosed = (beside.files, beside.heat_power, beside.log if is_sealed else None)
    evidence = Evidence(found.request, again, found.typed, found.about(), *enclosed)
    verifier = VERIFIER_FILE.read_text(encoding="utf-8")
    return bundle_of(catalog, evidence, _readme(found, beside.label), verifier)


def _differences(stored: Calculation, again: Calculation) -> Iterator[dict[str, str]]:
    """Yield what differs to the last bit: the line, counted from 1, the quantity, both values."""
    parts = zip_longest(stored.lines, again.lines)
    pairs = [(_numbers(old), _numbers(new)) for old, new in parts]
    pairs.append(({n: getattr(stored, n) for n in TOTALS}, {n: getattr(again, n) for n in TOTALS}))
    for number, (old, new) in enumerate(pairs, start=1):
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) != new.get(name):
                values = {"stored": repr(old.get(name)), "again": repr(new.get(name))}
                line = str(number) if number < len(pairs) else "—"
                yield {"line": line, "quantity": name, **values}


def _numbers(line: EmissionLine | None) -> dict[str, object]:
    if line is None:
        return {}
    inputs = {s: (given.value, given.unit, given.origin) for s, given in line.inputs.items()}
    return {**{name: getattr(line, name) for name in NUMBERS}, **inputs}


def _readme(found: RunMaterial, label: Label) -> str:
    parts = []
    for code in LANGUAGES:
        with use_language(code):
            parts.append(
                t(
                    "evidence.readme",
                    name=found.subject.names[code],
                    year=found.run.year,
                    method=found.run.method,
                    run=found.run.run_id,
                )
                + f"\n\n{t('labels.label')}: {t(f'labels.level.{label.word}')}"
            )
    return "\n\n".join(parts)


def _file_name(found: RunMaterial) -> str:
    name = t(
        "evidence.file_name",
        name=found.subject.names[language()],
        year=found.run.year,
        run=str(found.run.run_id)[:8],
    )
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)
