"""The page on method and limits: generated from the scoring file, the catalogue and the versions, never written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import Baseline
from cirkular_krav.catalogue_types import Catalogue, Constant
from cirkular_krav.models import Assessment
from cirkular_krav.reports.page import Link, PageWords, render_page
from cirkular_krav.reports.pages.audit import audit_sheet
from cirkular_krav.reports.parts import Labelling, Sheet
from cirkular_krav.reports.shares import interval_text, share_with_interval
from cirkular_krav.reports.words import Words

# The groups of constants in the order in which a requirement meets them.
GROUPS = (
    "strategy", "obligation", "ambition", "verifiability", "follow_up", "quality_weights", "sub_scores", "limits",
)  # fmt: skip


def method_page(
    assessments: Sequence[Assessment], catalogue: Catalogue, words: Words, *, links: Sequence[Link] = (),
    labels: Sequence[Labelling] = (), baseline: Baseline | None = None,
) -> str:  # fmt: skip
    """Return the page that says how the figures came about and what they do not say."""
    view = _Method(assessments, catalogue, PageWords(words), labels, baseline)
    return render_page(
        "method.html", words, title=words("method.title"), links=links, view=view, versions=view.t("method.foot")
    )


class _Method:
    def __init__(
        self, assessments: Sequence[Assessment], catalogue: Catalogue, t: PageWords, labels: Sequence[Labelling],
        baseline: Baseline | None,
    ) -> None:  # fmt: skip
        self.assessments = assessments
        self.catalogue = catalogue
        self.t = t
        self.labels = labels
        self.baseline = baseline
        self.changed = baseline.sensitivity if baseline else None
        self.audited = baseline.audit if baseline else None

    def sections(self) -> Iterator[tuple[str, Markup]]:
        for anchor in (
            "mater",
            "svar",
            "poang",
            "kanslighet",
            "band",
            "katalog",
            "markning",
            "granskning",
            "versioner",
        ):
            if (anchor == "kanslighet" and self.changed is None) or (anchor == "granskning" and self.audited is None):
                continue
            yield anchor, self.t(f"method.section.{anchor}")

    def constants(self) -> Iterator[tuple[Markup, Sheet]]:
        """Give a table for each group of constants: its name, its number and the reason for it."""
        for group in GROUPS:
            table: Mapping[str, Constant] = getattr(self.catalogue.scoring, group)
            rows = [
                (self.constant(group, key), self.number(c.value), self.t.swedish(c.why_sv)) for key, c in table.items()
            ]
            columns = (self.t("method.constant_columns.name"), self.t("method.constant_columns.value"), self.t("method.constant_columns.why"))  # fmt: skip
            yield self.t(f"method.group_intro.{group}"), Sheet(self.t(f"method.group.{group}"), columns, rows, (1,))

    def constant(self, group: str, key: str) -> Markup:
        name = f"method.constant.{group}.{key}"
        return self.t(name) if self.t.words.has(name) else Markup("{}").format(key)

    def number(self, value: float) -> str:
        decimals = 0 if value == int(value) and value > 1 else 2
        return self.t.words.number(value, decimals)

    def sensitivity(self) -> Sheet | None:
        """Give what the county's figures become when each group of constants is 25 % lower or higher."""
        t, found = self.t, self.changed
        if found is None:
            return None
        rows: list[tuple[Markup | str, ...]] = []
        for one in found.effects:
            key = f"baseline.constant_group.{one.group}"
            name = t(key) if t.words.has(key) else Markup("{}").format(one.group)
            medians = (self._maybe(one.median_low), self._maybe(one.median_high))
            shares = (self._maybe(one.established_low, share=True), self._maybe(one.established_high, share=True))
            rows.append((name, *medians, *shares))
        columns = tuple(t(f"method.sensitivity_columns.{c}") for c in ("name", "median_low", "median_high", "share_low", "share_high"))  # fmt: skip
        return Sheet(t("method.sensitivity_caption"), columns, rows, (1, 2, 3, 4))

    def sensitivity_now(self) -> Markup | None:
        found = self.changed
        if found is None or found.median is None or found.established is None:
            return None
        words = self.t.words
        return self.t(
            "method.sensitivity_now", median=words.number(found.median), share=words.percent(found.established)
        )

    def _maybe(self, value: float | None, *, share: bool = False) -> str:
        if value is None:
            return self.t.words("baseline.cannot_say")
        return self.t.words.percent(value) if share else self.t.words.number(value)

    def bands(self) -> Sheet:
        t = self.t
        rows = [(t.title(band), t.words.number(band.at_least)) for band in self.catalogue.scoring.bands]
        return Sheet(t("method.bands_caption"), (t("method.band"), t("method.at_least")), rows, (1,))

    def levels(self) -> Sheet:
        """Count the levels of the catalogue by what they rest on."""
        t = self.t
        counts = Counter(level.basis for criterion in self.catalogue.criteria for level in criterion.levels)
        rows = [(t(f"basis.{basis}"), t.words.number(counts[basis])) for basis in ("source", "judgement")]
        return Sheet(t("method.levels_caption"), (t("method.basis"), t("method.count")), rows, (1,))

    def labelling(self) -> Sheet | None:
        if not self.labels:
            return None
        t = self.t
        rows = [(one.procurement, one.labelled_by, one.labelled_on, t.words.number(one.labels)) for one in self.labels]
        columns = tuple(t(f"method.label_columns.{name}") for name in ("procurement", "by", "on", "count"))
        return Sheet(t("method.labels_caption"), columns, rows, (3,))

    def audit(self) -> Iterator[Markup]:
        """Say what people's reading of a random sample shows of the program's answers."""
        t, audit = self.t, self.audited
        if audit is None:
            return
        counts = {"drawn": audit.drawn, "population": audit.population, "judged": audit.judged, "unsure": audit.unsure}
        yield t("audit.drawn", **counts)
        yield t("audit.raw", share=share_with_interval(audit.raw, t.words))
        if audit.corrected is not None:
            interval = interval_text(audit.low, audit.high, t.words)
            yield t("audit.corrected", share=t.words.percent(audit.corrected), interval=interval)
        if audit.reason:
            reason = t.words(f"audit.reason.{audit.reason}", needed=audit.needed)
            yield t("baseline.all.audit_too_small", reason=reason)
        for name in ("precision", "recall"):
            value, ends = getattr(audit, name), getattr(audit, f"{name}_interval")
            if value is not None and ends is not None:
                yield t(
                    f"audit.{name}", share=t.words.percent(value), interval=interval_text(ends[0], ends[1], t.words)
                )
        if audit.judged:
            unknown = t.words("audit.unknown")
            precision, recall = (
                unknown if rate is None else t.words.percent(rate) for rate in (audit.hit_precision, audit.hit_recall)
            )
            yield t("audit.hits", precision=precision, recall=recall, missed=audit.missed)

    def audited_sheet(self) -> Sheet | None:
        return audit_sheet(self.baseline, self.t) if self.baseline else None

    def versions(self) -> Sheet:
        t = self.t
        counts = Counter(assessment.versions for assessment in self.assessments)
        rows = [
            (v.library, v.catalogue, v.catalogue_fingerprint, v.scoring, t.words.number(count))
            for v, count in sorted(counts.items(), key=lambda item: item[0].model_dump_json())
        ]
        columns = tuple(t(f"method.version_columns.{n}") for n in ("library", "catalogue", "mark", "scoring", "count"))
        return Sheet(t("method.versions_caption"), columns, rows, (4,))
