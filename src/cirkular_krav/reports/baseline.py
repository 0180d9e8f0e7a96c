"""The baseline for an analyst: what is known first, then who, when and what, and last how to read it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from cirkular_krav.baseline_types import Baseline, CriterionShare, Group, Power
from cirkular_krav.catalogue_types import Catalogue
from cirkular_krav.reports.baseline_more import audit_section, branches_section, policies_section, sensitivity_section
from cirkular_krav.reports.shares import interval_text, say, share_text, share_with_interval, titled
from cirkular_krav.reports.table import table
from cirkular_krav.reports.words import Words, title_of

_MOST = 15
_LEFT_OUT_SHOWN = 20
_FEWEST = 5
_MANY_YEARS = 50
_STATUSES = ("scored", "incomplete", "nothing_read", "few_applicable", "not_relevant")


def baseline_text(baseline: Baseline, catalogue: Catalogue, words: Words) -> str:
    """Return the whole baseline as text."""
    report = _Report(baseline, catalogue, words)
    sections: tuple[Callable[[], list[str]], ...] = (
        report.first_page, report.power, report.counted, report.responsible, report.standardised, report.users,
        report.years, report.responsible_years, report.categories, report.forms, report.bands, report.profiles,
        report.asked, report.missing,
    )  # fmt: skip
    later = (branches_section, policies_section, audit_section, sensitivity_section)
    texts = [*(section() for section in sections), *(section(baseline, words) for section in later), report.reading()]
    return "\n\n".join("\n".join(lines) for lines in texts if lines) + "\n"


class _Report:
    """The sections of the text; each returns its lines, or none when it has nothing to say."""

    def __init__(self, baseline: Baseline, catalogue: Catalogue, words: Words) -> None:
        self.baseline = baseline
        self.catalogue = catalogue
        self.words = words

    def _say(self, key: str, **values: object) -> list[str]:
        return say(self.words, key, **values)

    def _titled(self, section: str, *parts: Iterable[str]) -> list[str]:
        return titled(self.words, section, *parts)

    # --- page one ---------------------------------------------------------------------------------

    def first_page(self) -> list[str]:
        """What is known, in five lines, and how much more a change would take."""
        baseline, total, words = self.baseline, self.baseline.total, self.words
        lines = [words("baseline.title"), *self._window(), ""]
        lines += self._say("all.headline", share=share_with_interval(total.headline, words))
        if total.headline.bound_low is not None and total.headline.bound_high is not None:
            bounds = total.headline.bound_low, total.headline.bound_high
            lines += self._say("all.bounds", low=words.percent(bounds[0]), high=words.percent(bounds[1]))
        if total.headline.effective and round(total.headline.effective) < total.headline.denominator:
            effective = words.number(total.headline.effective)
            lines += self._say("all.templates", effective=effective, clusters=total.headline.clusters)
        lines += self._say("all.loose", share=share_with_interval(total.loose, words))
        lines += [*self._median(), *self._weighted(), *self._audited(), ""]
        return lines + self._power_line(baseline.power[0])

    def _window(self) -> list[str]:
        window, versions = self.baseline.window, self.baseline.versions
        lines = []
        if window.since or window.until:
            still = self.words("baseline.window_open")
            lines += self._say(
                "window_asked", since=window.since or still, until=window.until or still, first=window.first or still,
                last=window.last or still,
            )  # fmt: skip
        elif window.first:
            lines += self._say("window", first=window.first, last=window.last)
        else:
            lines += self._say("no_dates")
        if window.undated and window.first:
            lines += self._say("undated", count=window.undated)
        lines += self._say("ruler", catalogue=versions.catalogue, scoring=versions.scoring, library=versions.library)
        return lines + self._say("found", found=self.baseline.found, counted=self.baseline.total.counts.procurements)

    def _median(self) -> list[str]:
        spread, number = self.baseline.total.spread, self.words.number
        if spread.median is None:
            return self._say("all.median_unknown", count=spread.count)
        values = {name: number(getattr(spread, name)) for name in ("median", "low", "high")}
        quartiles = {"lower": number(spread.lower_quartile or 0), "upper": number(spread.upper_quartile or 0)}
        return self._say("all.median", **values, **quartiles)

    def _weighted(self) -> list[str]:
        total, words = self.baseline.total, self.words
        known = {"known": total.value_known, "scored": total.counts.scored}
        share = total.weighted
        if share is None or share.value is None or share.low is None or share.high is None:
            return self._say("all.weighted_unknown", **known)
        shown = {"share": words.percent(share.value), "interval": interval_text(share.low, share.high, words)}
        return self._say("all.weighted", **known, **shown, total=words.number(total.value_total / 1e6))

    def _audited(self) -> list[str]:
        audit, words = self.baseline.audit, self.words
        if audit is None:
            return self._say("all.not_audited", measured=self.words.measured())
        if audit.corrected is None or audit.low is None or audit.high is None:
            reason = words(f"audit.reason.{audit.reason}", needed=audit.needed)
            return self._say("all.audit_too_small", reason=reason)
        interval = interval_text(audit.low, audit.high, words)
        return self._say("all.audit", judged=audit.judged, share=words.percent(audit.corrected), interval=interval)

    def _power_line(self, power: Power) -> list[str]:
        lines = self._say("all.power", needed=power.needed, scored=power.scored)
        if power.smallest is None:
            return lines + self._say("all.smallest_none")
        return lines + self._say("all.smallest", points=self.words.number(power.smallest * 100))

    # --- what counts ------------------------------------------------------------------------------

    def counted(self) -> list[str]:
        """How many of each status, and what was left out and why."""
        counts, left_out = self.baseline.total.counts, self.baseline.left_out
        lines: list[str] = []
        for status in _STATUSES:
            number = getattr(counts, status)
            if number or status == "scored":
                lines += self._say(f"counted.{status}", count=number)
        for reason, number in sorted(Counter(one.reason for one in left_out).items()):
            lines += self._say(f"counted.{reason}", count=number)
        for one in left_out[:_LEFT_OUT_SHOWN]:
            if one.counted_as and one.counted_as != one.id:
                lines += self._say("counted.left_out_again", id=one.id, counted=one.counted_as)
            else:
                lines += self._say("counted.left_out", id=one.id, reason=self.words(f"baseline.reason.{one.reason}"))
        if len(left_out) > _LEFT_OUT_SHOWN:
            lines += self._say("counted.left_out_more", count=len(left_out) - _LEFT_OUT_SHOWN)
        return self._titled("counted", lines, self._who())

    def _who(self) -> list[str]:
        outside, responsible = self.baseline.outside, len(self.baseline.responsible)
        if outside == responsible:
            return self._say("all_outside")
        lines = self._say("absent", names=", ".join(self.baseline.absent)) if self.baseline.absent else []
        return lines + (self._say("some_outside", count=outside) if outside else [])

    # --- groups -----------------------------------------------------------------------------------

    def responsible(self) -> list[str]:
        """Each responsible organisation."""
        return self._groups("responsible", self.baseline.responsible)

    def years(self) -> list[str]:
        """Each year, when there is more than one."""
        return self._groups("years", self.baseline.years) if len(self.baseline.years) > 1 else []

    def responsible_years(self) -> list[str]:
        """Each responsible organisation over the years, when some organisation has more than one."""
        groups = self.baseline.responsible_years
        return self._groups("responsible_years", groups) if len(groups) > len({group.key for group in groups}) else []

    def categories(self) -> list[str]:
        """Each category."""
        return self._groups("categories", self.baseline.categories)

    def forms(self) -> list[str]:
        """Each form of agreement."""
        return self._groups("forms", self.baseline.forms)

    def _groups(self, section: str, groups: Sequence[Group]) -> list[str]:
        columns = [str(name) for name in self.words.get("baseline.columns.group")]
        rows = [self._row(group) for group in groups]
        if len(groups) > 1 and section == "responsible":
            rows.append(self._row(self.baseline.total))
        return self._titled(section, table(columns, rows, name_width=28))

    def _row(self, group: Group) -> list[str]:
        counts, spread, words = group.counts, group.spread, self.words
        unknown, without = counts.incomplete + counts.nothing_read, counts.not_relevant + counts.few_applicable
        numbers = (counts.procurements, counts.scored, unknown, without)
        shown = words("baseline.nothing")
        if spread.median is not None and spread.lower_quartile is not None and spread.upper_quartile is not None:
            values = {"median": spread.median, "lower": spread.lower_quartile, "upper": spread.upper_quartile}
            shown = words("baseline.spread", **{name: words.number(value) for name, value in values.items()})
        share = group.headline
        return [
            self._name(group), *map(str, numbers), share_text(share, words),
            interval_text(share.low, share.high, words), shown,
        ]  # fmt: skip

    def _name(self, group: Group) -> str:
        words = self.words
        if group.by == "all":
            return words("baseline.all_name")
        if group.by == "category":
            category = self.catalogue.categories_by_id.get(group.key)
            return title_of(category, words.language) if category else words("baseline.unknown_category")
        if group.by == "year":
            return group.key or words("baseline.unknown_year")
        if group.by == "form":
            return words(f"baseline.form.{group.key}")
        label = group.label or words("baseline.unknown_organisation")
        return words("baseline.year_of", label=label, year=group.year) if group.year else label

    def users(self) -> list[str]:
        """Each using organisation, with its part of what is bought together."""
        unknown = self.baseline.users_unknown
        lines = self._say("users_unknown", count=unknown) if unknown else []
        own = [(g.key, g.counts.procurements) for g in self.baseline.responsible]
        if not unknown and own == [(g.key, g.counts.procurements) for g in self.baseline.users]:
            return self._titled("users", self._say("same_as_responsible"))
        words = self.words
        rows = []
        for group in self.baseline.users:
            share, counts = group.headline, group.counts
            rows.append([
                self._name(group), str(counts.procurements), words.number(counts.credit, 1), share_text(share, words),
                interval_text(share.low, share.high, words), interval_text(share.bound_low, share.bound_high, words),
            ])  # fmt: skip
        columns = [str(name) for name in words.get("baseline.columns.users")]
        return self._titled("users", table(columns, rows, name_width=28) if rows else [], lines)

    def standardised(self) -> list[str]:
        """The only shares that may be compared between organisations."""
        words, rows = self.words, []
        if len(self.baseline.standardised) < 2:
            return []
        if all(one.value is None for one in self.baseline.standardised):
            return self._titled("standardised", self._say("standardised_none"))
        for one in self.baseline.standardised:
            value = words("baseline.no_support") if one.value is None else words.percent(one.value)
            rows.append([
                one.label or words("baseline.unknown_organisation"), share_text(one.raw, words), value,
                interval_text(one.low, one.high, words), words.percent(math.floor(one.support * 100) / 100),
            ])  # fmt: skip
        columns = [str(name) for name in words.get("baseline.columns.standardised")]
        return self._titled("standardised", table(columns, rows), self._say("standardised_note"))

    def power(self) -> list[str]:
        """How long each organisation must wait before a change can be seen."""
        words, rows = self.words, []
        nothing = words("baseline.nothing")
        for one in self.baseline.power:
            smallest = one.smallest
            rows.append([
                one.label or words("baseline.all_name" if one is self.baseline.power[0] else "baseline.unknown_organisation"),
                str(one.scored),
                nothing if one.per_year is None else words.number(one.per_year, 1),
                str(one.needed),
                nothing if one.years is None else self._years(one.years),
                nothing if smallest is None else words("baseline.points", points=words.number(smallest * 100)),
            ])  # fmt: skip
        columns = [str(name) for name in words.get("baseline.columns.power")]
        return self._titled("power", table(columns, rows), self._say("power_note"))

    def _years(self, years: float) -> str:
        return (
            self.words("baseline.over_years", years=_MANY_YEARS) if years > _MANY_YEARS else self.words.number(years, 1)
        )

    # --- what the requirements say ----------------------------------------------------------------

    def bands(self) -> list[str]:
        """How many procurements in each band of the score."""
        reached = list(self.baseline.total.bands.items())
        scored = self.baseline.total.counts.scored
        if scored < _FEWEST:
            return []
        rows = []
        for (band_id, share), above in zip(reached, [*(s.numerator for _, s in reached[1:]), 0], strict=True):
            band = next(band for band in self.catalogue.scoring.bands if band.id == band_id)
            number = int(share.numerator - above)
            rows.append([title_of(band, self.words.language), str(number), self.words.percent(number / scored)])
        return self._titled("bands", table([str(name) for name in self.words.get("baseline.columns.bands")], rows))

    def profiles(self) -> list[str]:
        """Goals, strategies, kinds, obligation, follow-up, obstacles, conflicts, and what stands beside."""
        total, words = self.baseline.total, self.words
        if total.counts.scored < _FEWEST:
            return []
        lines: list[str] = []
        names = {"goals": "goal", "strategies": "baseline.strategy_group", "kinds": "kind", "obligations": "obligation"}
        for profile, key in names.items():
            shown = [
                words("baseline.profiles.part", name=self._part_name(profile, key, name), percent=words.percent(value))
                for name, value in _in_order(profile, getattr(total, profile))
            ]
            lines += self._say(f"profiles.{profile}", parts=", ".join(shown)) if shown else []
        lines += self._say("profiles.follow_up", share=share_with_interval(total.follow_up, words))
        for name in ("obstacles", "conflicts", "beside"):
            mean = getattr(total, name)
            shown_mean = words.number(mean.per_procurement or 0, 1)
            share = share_text(total.with_conflict, words)
            lines += self._say(f"profiles.{name}", mean=shown_mean, total=mean.total, share=share)
        lines += self._say("profiles.krav_ids", share=share_text(total.krav_ids, words))
        told = []
        for name in ("claims", "strategic"):
            claims = getattr(total, name)
            told += self._say(f"profiles.{name}", **claims.model_dump()) if claims.told else []
        return self._titled("profiles", lines, told)

    def _part_name(self, profile: str, key: str, name: str) -> str:
        return f"{name} {self.words(f'{key}.{name}').lower()}" if profile == "goals" else self.words(f"{key}.{name}")

    def asked(self) -> list[str]:
        """The criteria that are asked for most."""
        found = [one for one in self.baseline.total.criteria if one.asked.numerator]
        found.sort(key=lambda one: (-one.asked.numerator, -_part(one), one.criterion_id))
        return self._titled("asked", self._criteria(found[:_MOST]) if found else self._say("asked_none"))

    def missing(self) -> list[str]:
        """The criteria of the greatest importance that apply to many and are asked for least."""
        found = [
            one for one in self.baseline.total.criteria if one.importance == 3 and one.asked.denominator >= _FEWEST
        ]
        found.sort(key=lambda one: (_part(one), -one.asked.denominator, one.criterion_id))
        return self._titled("missing", self._criteria(found[:_MOST]) if found else self._say("missing_none"))

    def _criteria(self, found: Sequence[CriterionShare]) -> list[str]:
        words, rows = self.words, []
        for one in found:
            criterion = self.catalogue.by_id.get(one.criterion_id)
            title = title_of(criterion, words.language) if criterion else ""
            rows.append([
                f"{one.criterion_id} {title}".strip(), share_text(one.asked, words),
                interval_text(one.asked.low, one.asked.high, words), str(one.partly), str(one.unread),
            ])  # fmt: skip
        return table([str(name) for name in words.get("baseline.columns.criteria")], rows, name_width=44)

    def reading(self) -> list[str]:
        """How to read the figures, and what is not measured."""
        lines = [self._say(f"reading.{key}") for key in ("headline", "interval", "unread", "change")]
        parts = ", ".join(self.words(f"baseline.not_measured.{name}") for name in self.baseline.not_measured)
        return self._titled("reading", *lines, self._say("reading.not_measured", parts=parts))


def _in_order(profile: str, values: dict[str, float]) -> list[tuple[str, float]]:
    """Goals and strategies in their own order, enablers last; the others by size."""
    if profile in ("goals", "strategies"):
        return sorted(values.items(), key=lambda item: (item[0] == "EN", item[0]))
    return sorted(values.items(), key=lambda item: (-item[1], item[0]))


def _part(one: CriterionShare) -> float:
    return one.asked.numerator / one.asked.denominator if one.asked.denominator else 0.0
