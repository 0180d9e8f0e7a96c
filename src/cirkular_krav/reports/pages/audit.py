"""What people's reading of a random sample makes of the program's share: for all, and for each organisation."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import AuditedOrganisation, AuditedShare, Baseline
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.pages.names import organisation_file
from cirkular_krav.reports.parts import Sheet, doubted, link
from cirkular_krav.reports.shares import interval_text


def audit_sheet(baseline: Baseline, t: PageWords, keys: Sequence[str] | None = None) -> Sheet | None:
    """Give the program's share and the corrected one, for all and for each organisation, or for those of ``keys``."""
    if baseline.audit is None:
        return None
    rows = [_row(t("baseline.all_name"), baseline.audit, t)]
    for one in baseline.audit_by_organisation:
        if keys is None or one.key in keys:
            name = one.label or t("baseline.unknown_organisation")
            rows.append(_row(link(organisation_file(one.key), name), one.share, t))
    columns = tuple(t(f"overview.audit_columns.{c}") for c in ("name", "program", "read", "corrected"))
    return Sheet(t("overview.audit_caption"), columns, rows)


def audit_of(baseline: Baseline, key: str) -> AuditedOrganisation | None:
    """Return the audit of one organisation's procurements, where there is one."""
    return next((one for one in baseline.audit_by_organisation if one.key == key), None)


def _row(name: Markup, audit: AuditedShare, t: PageWords) -> tuple[Markup | str, ...]:
    read = t("overview.of", numerator=audit.judged, denominator=audit.population)
    return name, doubted(audit.raw, t), read, _corrected(audit, t)


def _corrected(audit: AuditedShare, t: PageWords) -> Markup:
    """Write the corrected share with its doubt, or how many procurements must be read before there is one."""
    if audit.corrected is None or audit.low is None or audit.high is None:
        return t("overview.audit_few", needed=audit.needed) if audit.needed else t("overview.audit_none")
    if audit.all_read:
        return t("overview.audit_all", yes=round(audit.corrected * audit.population), total=audit.population)
    values = {"share": t.words.percent(audit.corrected), "interval": interval_text(audit.low, audit.high, t.words)}
    if audit.reason == "too_wide" and audit.needed:
        return t("overview.audit_wide", needed=audit.needed, **values)
    return t("overview.audit_share", **values)
