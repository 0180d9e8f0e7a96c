"""What the buyers' own notices say beside what the documents ask for: a table of shares, and where the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from cirkular_krav.baseline_types import Claims, Group
from cirkular_krav.reports.page import PageWords
from cirkular_krav.reports.parts import Listed, Sheet, doubted, link

# So many procurements are named where notice and documents differ; the table of all says which the others are.
_MOST_NAMED = 25

# The fields of an eForms notice, by the names that the regulation gives them.
_FIELD = {"circular": "BT-774", "environment": "BT-06"}
_SAID: dict[str, Callable[[Listed], bool | None]] = {
    "circular": lambda one: one.claims_circular, "environment": lambda one: one.claims_environment,
}  # fmt: skip
_FOUND: dict[str, Callable[[Listed], bool]] = {
    "circular": lambda one: one.headline, "environment": lambda one: one.asks_any,
}  # fmt: skip


def claims_sheet(group: Group, t: PageWords) -> Sheet | None:
    """Give how often a notice says that the purchase is circular (BT-774) or for the environment (BT-06), and is right."""
    rows: list[tuple[Markup | str, ...]] = []
    told: dict[str, Claims] = {"circular": group.claims, "environment": group.strategic}
    for name, claims in told.items():
        if claims.claimed is None or claims.kept is None or claims.unsaid is None:
            continue
        shares = (claims.claimed, claims.kept, claims.unsaid)
        title = Markup('{} <span class="id">{}</span>').format(t(f"overview.claim.{name}"), _FIELD[name])
        rows.append((title, t(f"overview.claim_wanted.{name}"), *(doubted(share, t) for share in shares)))
    columns = tuple(t(f"overview.claim_columns.{c}") for c in ("claim", "wanted", "claimed", "kept", "unsaid"))
    return Sheet(t("overview.claims_caption"), columns, rows) if rows else None


def claims_differ(listed: Sequence[Listed], t: PageWords) -> Iterator[tuple[Markup, list[Markup]]]:
    """Name the procurements where the notice says more than the documents, or the documents more than the notice."""
    scored = [one for one in listed if one.assessment.score.status == "scored"]
    for name, says in _SAID.items():
        for key, claimed in (("only_claimed", True), ("only_found", False)):
            found = [one for one in scored if says(one) is claimed and _FOUND[name](one) is not claimed]
            if found:
                names = [link(one.href, one.title) for one in found[:_MOST_NAMED]]
                more = len(found) - _MOST_NAMED
                names += [t.counted("overview.claims_more", more)] if more > 0 else []
                yield t.counted(f"overview.{key}.{name}", len(found)), names
