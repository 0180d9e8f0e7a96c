"""What an award notice says of the outcome: bids, the winners' size and place, and whether it came to nothing.

Names of winners are left out: a sole trader's name is a person's.
"""

from __future__ import annotations

from statistics import mean

from lxml import etree

from cirkular_krav.models import Winner
from cirkular_krav.readers.notice_xml import all_texts, find_all, text_of, value_of

# BT-760: all bids; where only the electronic ones are told those are all, since bids must be sent electronically.
_ALL_BIDS = ("tenders", "t-esubm")
_NO_WINNER = "clos-nw"


def bids_of(root: etree._Element) -> float | None:
    """Return the mean number of bids per lot (BT-759), or none where the notice does not tell."""
    numbers = [_bids(lot) for lot in root.iter("{*}LotResult")]
    known = [number for number in numbers if number is not None]
    return round(mean(known), 2) if known else None


def _bids(lot: etree._Element) -> float | None:
    told = {text_of(s, "StatisticsCode"): s for s in find_all(lot, "ReceivedSubmissionsStatistics")}
    for code in _ALL_BIDS:
        if code in told:
            return value_of(next(iter(find_all(told[code], "StatisticsNumeric")), None))
    return None


def is_cancelled(root: etree._Element) -> bool:
    """Tell whether every lot was closed without a winner (BT-142)."""
    results = [text_of(lot, "TenderResultCode") for lot in root.iter("{*}LotResult")]
    return bool(results) and all(code == _NO_WINNER for code in results)


def winners_of(root: etree._Element) -> tuple[Winner, ...]:
    """Return the size (BT-165) and town of each winning company, once each, in order of their ids in the notice."""
    won = {one for contract in root.iter("{*}SettledContract") for one in all_texts(contract, "LotTender/ID")}
    parties = {text_of(t, "TenderingParty/ID") for t in root.iter("{*}LotTender") if text_of(t, "ID") in won}
    ids = sorted(
        {
            one
            for p in root.iter("{*}TenderingParty")
            if text_of(p, "ID") in parties
            for one in all_texts(p, "Tenderer/ID")
        }
    )
    companies = {text_of(c, "PartyIdentification/ID"): c for c in root.iter("{*}Company")}
    return tuple(_winner(companies[identity]) for identity in ids if identity in companies)


def _winner(company: etree._Element) -> Winner:
    return Winner(size=text_of(company, "CompanySizeCode"), town=text_of(company, "PostalAddress/CityName"))
