"""eForms notices: the buyer's own facts, award shares, texts with their fields, and hostile XML."""

from __future__ import annotations

from pathlib import Path

import pytest

from cirkular_krav.errors import ProblemCode, ReadingError
from cirkular_krav.models import FieldPlace, Notice, Problem
from cirkular_krav.readers.notice import read
from cirkular_krav.readers.pieces import Event, Extent, Limits, Piece

FILES = Path(__file__).parent / "files" / "eforms"
SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES = (
    f'xmlns="{SCHEMA}ContractNotice-2" xmlns:cac="{SCHEMA}CommonAggregateComponents-2" '
    f'xmlns:cbc="{SCHEMA}CommonBasicComponents-2" xmlns:ext="{SCHEMA}CommonExtensionComponents-2" '
    'xmlns:efac="http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1" '
    'xmlns:efbc="http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1" '
    'xmlns:efext="http://data.europa.eu/p27/eforms-ubl-extensions/1"'
)


def said(tag: str, text: str, language: str = "SWE") -> str:
    return f'<cbc:{tag} languageID="{language}">{text}</cbc:{tag}>'


def extension(content: str) -> str:
    return (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>"
        f"{content}</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )


def organisation(identity: str, name: str, number: str, *, leads: bool = False, country: str = "SWE") -> str:
    lead = "<efbc:GroupLeadIndicator>true</efbc:GroupLeadIndicator>" if leads else ""
    return (
        f"<efac:Organization>{lead}<efac:Company><cac:PartyIdentification><cbc:ID>{identity}</cbc:ID></cac:PartyIdentification>"
        f"<cac:PartyName>{said('Name', name)}</cac:PartyName><cac:PostalAddress><cac:Country><cbc:IdentificationCode>{country}"
        "</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity>"
        f"<cbc:CompanyID>{number}</cbc:CompanyID></cac:PartyLegalEntity></efac:Company></efac:Organization>"
    )


BUYER = organisation("ORG-0002", "Exempelregionen (påhittad)", "SE232100021401")
REVIEW = organisation("ORG-0001", "Påhittad domstol", "212000-2452")


def criterion(name: str, weight: str = "", number: str = "", kind: str = "quality", description: str = "") -> str:
    parameter = extension(
        f'<efac:AwardCriterionParameter><efbc:ParameterCode listName="number-weight">{weight}</efbc:ParameterCode>'
        f"<efbc:ParameterNumeric>{number}</efbc:ParameterNumeric></efac:AwardCriterionParameter>"
    )
    return (
        f"<cac:SubordinateAwardingCriterion>{parameter if weight else ''}"
        f"<cbc:AwardingCriterionTypeCode>{kind}</cbc:AwardingCriterionTypeCode>{said('Name', name)}"
        f"{said('Description', description) if description else ''}</cac:SubordinateAwardingCriterion>"
    )


def lot(identity: str = "LOT-0001", *criteria: str, terms: str = "", process: str = "", project: str = "") -> str:
    return (
        f"<cac:ProcurementProjectLot><cbc:ID>{identity}</cbc:ID><cac:TenderingTerms>{terms}"
        f"<cac:AwardingTerms><cac:AwardingCriterion>{''.join(criteria)}</cac:AwardingCriterion></cac:AwardingTerms>"
        f"</cac:TenderingTerms><cac:TenderingProcess>{process}</cac:TenderingProcess>"
        f"<cac:ProcurementProject>{said('Name', 'Möbler ' + identity)}{project}</cac:ProcurementProject>"
        "</cac:ProcurementProjectLot>"
    )


def notice(
    *lots: str, organisations: str = REVIEW + BUYER, buyers: str = "ORG-0002", project: str = "", root: str = ""
) -> str:
    parties = "".join(
        f"<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>{one}</cbc:ID></cac:PartyIdentification>"
        "</cac:Party></cac:ContractingParty>"
        for one in buyers.split()
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><ContractNotice {NAMESPACES}>"
        + extension(f"<efac:Organizations>{organisations}</efac:Organizations>{root}")
        + '<cbc:ID schemeName="notice-id">11111111-2222</cbc:ID><cbc:IssueDate>2026-03-02+01:00</cbc:IssueDate>'
        "<cbc:NoticeTypeCode>cn-standard</cbc:NoticeTypeCode><cbc:NoticeLanguageCode>SWE</cbc:NoticeLanguageCode>"
        f"{parties}<cac:TenderingProcess><cbc:ProcedureCode>open</cbc:ProcedureCode></cac:TenderingProcess>"
        f"<cac:ProcurementProject>{said('Name', 'Möbler till skolor')}{project}</cac:ProcurementProject>"
        f"{''.join(lots)}</ContractNotice>"
    )


def read_events(folder: Path, content: str | bytes) -> list[Event]:
    path = folder / "annons.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, Limits()))


def facts_of(events: list[Event]) -> Notice:
    (facts,) = [event for event in events if isinstance(event, Notice)]
    return facts


def pieces_of(events: list[Event]) -> list[Piece]:
    return [event for event in events if isinstance(event, Piece)]


def refusal(folder: Path, content: str | bytes) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        read_events(folder, content)
    return caught.value


# --- real notices -------------------------------------------------------------------------------


def test_a_real_notice_in_many_languages_is_read_in_swedish() -> None:
    events = list(read(FILES / "cn_24_multilingual.xml", Limits()))
    facts = facts_of(events)
    assert facts.title.startswith("Tillhandahållande av IT-tjänster")
    assert facts.buyer == "Europeiska unionens publikationsbyrå"
    assert facts.organisation_number == ""
    assert (facts.cpv, facts.value, facts.currency) == (("72230000", "72260000"), 4_500_000, "EUR")
    assert (facts.published, facts.deadline, facts.procedure, facts.framework) == (
        "2019-11-21",
        "2020-02-03",
        "open",
        "fa-wo-rc",
    )
    assert [(fact.kind, fact.share) for fact in facts.award_criteria] == [("quality", 0.7), ("price", 0.3)]
    assert {"ENG", "SWE"} <= set(facts.languages)
    assert not any("Enligt vad som" not in piece.text and "As stated" in piece.text for piece in pieces_of(events))


def test_a_real_award_notice_tells_how_many_bids_came() -> None:
    facts = facts_of(list(read(FILES / "2023-OJS165-00522031.xml", Limits())))
    assert (facts.bids, facts.cancelled) == (5, False)
    assert [winner.town for winner in facts.winners]
    told_only_of_small = facts_of(list(read(FILES / "2024-OJS170-00525037.xml", Limits())))
    assert told_only_of_small.bids is None
    assert facts_of(list(read(FILES / "cn_24_multilingual.xml", Limits()))).bids is None


def test_a_real_award_notice_names_the_buyer_and_not_the_winner() -> None:
    facts = facts_of(list(read(FILES / "2023-OJS165-00522031.xml", Limits())))
    assert facts.buyer == "Gemensamt forskningscentrum"
    assert facts.notice_type == "can-standard"
    assert facts.published == "2023-08-29"  # the day in the Official Journal, not the day it was sent
    assert facts.lots[0].cpv == ("39711124", "38000000", "39711120")


def test_a_real_notice_in_two_languages_with_lots_keeps_them_apart() -> None:
    events = list(read(FILES / "2024-OJS170-00525037.xml", Limits()))
    facts = facts_of(events)
    assert [lot.id for lot in facts.lots] == ["LOT-0001", "LOT-0002", "LOT-0003"]
    assert [(fact.lot, fact.share) for fact in facts.award_criteria] == [(lot.id, 1.0) for lot in facts.lots]
    award = [piece for piece in pieces_of(events) if piece.place == FieldPlace(field="BT-540", lot="LOT-0002")]
    assert "Jämförelsegrund för anbudet är det lägsta priset." in award[1].text


# --- facts --------------------------------------------------------------------------------------


def test_the_buyer_is_the_contracting_party_and_its_number_ten_digits(tmp_path: Path) -> None:
    facts = facts_of(read_events(tmp_path, notice(lot())))
    assert (facts.buyer, facts.organisation_number) == ("Exempelregionen (påhittad)", "2321000214")


def test_of_several_buyers_the_leading_one_is_named(tmp_path: Path) -> None:
    leader = organisation("ORG-0003", "Exempelkommunen (påhittad)", "212000-2452", leads=True)
    facts = facts_of(read_events(tmp_path, notice(lot(), organisations=BUYER + leader, buyers="ORG-0002 ORG-0003")))
    assert (facts.buyer, facts.organisation_number) == ("Exempelkommunen (påhittad)", "2120002452")


def test_a_wrong_check_digit_in_the_buyers_number_is_a_problem(tmp_path: Path) -> None:
    wrong = organisation("ORG-0002", "Exempelregionen (påhittad)", "232100-0215")
    events = read_events(tmp_path, notice(lot(), organisations=wrong))
    assert [(e.code, e.values) for e in events if isinstance(e, Problem)] == [
        (ProblemCode.ORGANISATION_NUMBER, {"number": "232100-0215"})
    ]


def test_a_foreign_number_of_ten_digits_does_not_pass_for_a_swedish_one(tmp_path: Path) -> None:
    foreign = organisation("ORG-0002", "Påhittad stad", "2321000214", country="BEL")
    events = read_events(tmp_path, notice(lot(), organisations=foreign))
    assert facts_of(events).organisation_number == ""
    assert not [event for event in events if isinstance(event, Problem)]


def test_the_buyers_claims_are_collected_from_all_lots(tmp_path: Path) -> None:
    def claim(list_name: str, code: str) -> str:
        code_element = f'<cbc:ProcurementTypeCode listName="{list_name}">{code}</cbc:ProcurementTypeCode>'
        return f"<cac:ProcurementAdditionalType>{code_element}</cac:ProcurementAdditionalType>"

    first = claim("strategic-procurement", "env-imp") + claim("environmental-impact", "circ-econ")
    second = (
        claim("environmental-impact", "clim-mitig")
        + claim("environmental-impact", "circ-econ")
        + claim("gpp-criteria", "eu")
    )
    facts = facts_of(read_events(tmp_path, notice(lot("LOT-0001", project=first), lot("LOT-0002", project=second))))
    assert facts.strategic_procurement == ("env-imp",)
    assert facts.environmental_impact == ("circ-econ", "clim-mitig")
    assert facts.green_criteria == ("eu",)


def test_codes_value_dates_and_systems_are_read_per_lot_and_in_whole(tmp_path: Path) -> None:
    def cpv(main: str, *more: str) -> str:
        one = "<cac:{0}CommodityClassification><cbc:ItemClassificationCode>{1}</cbc:ItemClassificationCode></cac:{0}CommodityClassification>"
        return one.format("Main", main) + "".join(one.format("Additional", code) for code in more)

    def amount(value: str) -> str:
        element = f'<cbc:EstimatedOverallContractAmount currencyID="SEK">{value}</cbc:EstimatedOverallContractAmount>'
        return f"<cac:RequestedTenderTotal>{element}</cac:RequestedTenderTotal>"

    def process(day: str, framework: str) -> str:
        system = '<cac:ContractingSystem><cbc:ContractingSystemTypeCode listName="{}">{}</cbc:ContractingSystemTypeCode></cac:ContractingSystem>'
        end = (
            f"<cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>{day}</cbc:EndDate></cac:TenderSubmissionDeadlinePeriod>"
        )
        return end + system.format("framework-agreement", framework) + system.format("dps-usage", "none")

    content = notice(
        lot(
            "LOT-0001",
            process=process("2026-05-02+01:00", "none"),
            project=cpv("39110000-6", "39120000") + amount("400000"),
        ),
        lot("LOT-0002", process=process("2026-04-30+01:00", "fa-wo-rc"), project=cpv("39130000") + amount("x")),
        project=cpv("39100000") + amount("1500000.50"),
    )
    facts = facts_of(read_events(tmp_path, content))
    assert facts.cpv == ("39100000", "39110000", "39130000", "39120000")
    assert [(one.id, one.title, one.cpv, one.value) for one in facts.lots] == [
        ("LOT-0001", "Möbler LOT-0001", ("39110000", "39120000"), 400000.0),
        ("LOT-0002", "Möbler LOT-0002", ("39130000",), None),
    ]
    assert (facts.value, facts.currency) == (1_500_000.5, "SEK")
    assert (facts.published, facts.deadline) == ("2026-03-02", "2026-04-30")
    assert (facts.framework, facts.dynamic_system, facts.procedure) == ("fa-wo-rc", "none", "open")
    assert (facts.notice_id, facts.notice_type, facts.languages) == ("11111111-2222", "cn-standard", ("SWE",))


def test_a_group_of_lots_is_no_lot(tmp_path: Path) -> None:
    facts = facts_of(read_events(tmp_path, notice(lot("GLO-0001"), lot("LOT-0001"))))
    assert [one.id for one in facts.lots] == ["LOT-0001"]


# --- award criteria -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criteria", "shares"),
    [
        ((("per-exa", "70"), ("per-exa", "30")), [0.7, 0.3]),
        ((("per-mid", "60"), ("dec-exa", "0.4")), [0.6, 0.4]),
        ((("poi-exa", "30"), ("poi-exa", "10")), [0.75, 0.25]),
        ((("ord-imp", "1"), ("ord-imp", "2")), [None, None]),
        ((("dec-exa", "70"), ("dec-exa", "30")), [None, None]),
        ((("fix-tot", "70"), ("min-score", "3")), [None, None]),
        ((("per-exa", ""), ("per-exa", "-5")), [None, None]),
        ((("poi-exa", "0"), ("poi-exa", "0")), [None, None]),
        ((("poi-exa", "-5"), ("poi-exa", "10"), ("poi-exa", "30")), [None, 0.25, 0.75]),
        ((("", ""),), [1.0]),
        ((("ord-imp", "1"),), [None]),
        ((("", ""), ("", "")), [None, None]),
    ],
    ids=["percent", "decimal", "points", "order", "decimal that is none", "no weights", "no numbers", "no points",
         "points below zero", "alone", "alone in an order", "two without weights"],
)  # fmt: skip
def test_the_share_of_an_award_criterion_is_known_or_none(
    tmp_path: Path, criteria: tuple[tuple[str, str], ...], shares: list[float | None]
) -> None:
    content = notice(lot("LOT-0001", *(criterion("Kvalitet", weight, number) for weight, number in criteria)))
    assert [fact.share for fact in facts_of(read_events(tmp_path, content)).award_criteria] == shares


def test_points_are_divided_within_each_lot(tmp_path: Path) -> None:
    content = notice(
        lot("LOT-0001", criterion("Återbruk", "poi-exa", "20"), criterion("Pris", "poi-exa", "80", kind="price")),
        lot("LOT-0002", criterion("Reservdelar", "poi-exa", "5"), criterion("Pris", "poi-exa", "5", kind="price")),
    )
    facts = facts_of(read_events(tmp_path, content)).award_criteria
    assert [(f.lot, f.name, f.kind, f.share) for f in facts] == [
        ("LOT-0001", "Återbruk", "quality", 0.2),
        ("LOT-0001", "Pris", "price", 0.8),
        ("LOT-0002", "Reservdelar", "quality", 0.5),
        ("LOT-0002", "Pris", "price", 0.5),
    ]


# --- texts --------------------------------------------------------------------------------------


def test_every_text_can_be_quoted_by_its_field_and_lot_under_its_heading(tmp_path: Path) -> None:
    terms = (
        extension(
            f"<efac:SelectionCriteria>{said('Name', 'Miljöledning')}{said('Description', 'Ska ha miljöledningssystem.')}"
            "</efac:SelectionCriteria>"
        )
        + '<cac:ContractExecutionRequirement><cbc:ExecutionRequirementCode listName="conditions">performance'
        + f"</cbc:ExecutionRequirementCode>{said('Description', 'Emballage ska återtas.')}</cac:ContractExecutionRequirement>"
    )
    strategic = (
        '<cac:ProcurementAdditionalType><cbc:ProcurementTypeCode listName="strategic-procurement">env-imp</cbc:ProcurementTypeCode>'
        f"{said('ProcurementType', 'Återbrukade möbler efterfrågas.')}</cac:ProcurementAdditionalType>"
    )
    project = said("Description", "Inledning.\n\n- stolar\n- bord") + said("Note", "Se bilaga 2.") + strategic
    content = notice(
        lot(
            "LOT-0001",
            criterion("Reparerbarhet", "per-exa", "100", description="Poäng ges för reservdelar."),
            terms=terms,
            project=project,
        )
    )
    pieces = pieces_of(read_events(tmp_path, content))
    assert [(p.kind, p.level, p.number, p.text, p.place.field) for p in pieces if isinstance(p.place, FieldPlace)] == [
        ("heading", 1, "", "Möbler till skolor", "BT-21"),
        ("heading", 2, "LOT-0001", "Möbler LOT-0001", "BT-21"),
        ("heading", 3, "", "Beskrivning", "BT-24"),
        ("paragraph", 0, "", "Inledning.", "BT-24"),
        ("list_item", 0, "-", "stolar", "BT-24"),
        ("list_item", 0, "-", "bord", "BT-24"),
        ("heading", 3, "", "Ytterligare information", "BT-300"),
        ("paragraph", 0, "", "Se bilaga 2.", "BT-300"),
        ("heading", 3, "", "Urvalskriterier", "BT-749"),
        ("heading", 4, "", "Miljöledning", "BT-749"),
        ("paragraph", 0, "", "Ska ha miljöledningssystem.", "BT-750"),
        ("heading", 3, "", "Villkor för fullgörande av kontraktet", "BT-70"),
        ("paragraph", 0, "", "Emballage ska återtas.", "BT-70"),
        ("heading", 3, "", "Tilldelningskriterier", "BT-734"),
        ("heading", 4, "", "Reparerbarhet", "BT-734"),
        ("paragraph", 0, "", "Poäng ges för reservdelar.", "BT-540"),
        ("heading", 3, "", "Strategisk upphandling", "BT-777"),
        ("paragraph", 0, "", "Återbrukade möbler efterfrågas.", "BT-777"),
    ]
    assert [p.place.lot for p in pieces if isinstance(p.place, FieldPlace)] == [""] + ["LOT-0001"] * 17


def test_a_criterion_without_a_name_does_not_stand_under_the_name_of_the_one_before(tmp_path: Path) -> None:
    nameless = (
        f"<cac:SubordinateAwardingCriterion>{said('Description', 'Lägsta pris.')}</cac:SubordinateAwardingCriterion>"
    )
    named = criterion("Reparerbarhet", description="Poäng ges för reservdelar.")
    pieces = pieces_of(read_events(tmp_path, notice(lot("LOT-0001", named, nameless))))
    assert [(piece.level, piece.text) for piece in pieces][-2:] == [(3, "Tilldelningskriterier"), (0, "Lägsta pris.")]


def test_the_procurements_own_texts_stand_without_a_lot(tmp_path: Path) -> None:
    pieces = pieces_of(read_events(tmp_path, notice(lot(), project=said("Description", "Stolar ska lagas."))))
    assert (pieces[2].text, pieces[2].place) == ("Stolar ska lagas.", FieldPlace(field="BT-24", lot=""))


def test_swedish_is_preferred_and_else_the_first_language(tmp_path: Path) -> None:
    both = said("Description", "Chairs.", "ENG") + said("Description", "Stolar.") + said("Note", "Only English.", "ENG")
    texts = [piece.text for piece in pieces_of(read_events(tmp_path, notice(lot(), project=both)))]
    assert "Stolar." in texts
    assert "Chairs." not in texts
    assert "Only English." in texts


def test_a_text_in_a_field_without_a_name_here_is_still_read(tmp_path: Path) -> None:
    terms = f"<cac:FutureTerms>{said('FutureText', 'Möbler ska kunna demonteras.')}</cac:FutureTerms>"
    pieces = pieces_of(read_events(tmp_path, notice(lot("LOT-0001", terms=terms))))
    assert ("Möbler ska kunna demonteras.", FieldPlace(field="FutureText", lot="LOT-0001")) in [
        (piece.text, piece.place) for piece in pieces
    ]


def test_names_of_organisations_are_not_among_the_texts(tmp_path: Path) -> None:
    texts = " ".join(piece.text for piece in pieces_of(read_events(tmp_path, notice(lot()))))
    assert "påhittad" not in texts.lower()


def test_the_extent_counts_the_letters_of_the_texts(tmp_path: Path) -> None:
    events = read_events(tmp_path, notice(project=said("Description", "Stolar 12 st.")))
    # "Möbler till skolor" + "Beskrivning" + "Stolar 12 st"
    assert [event.characters for event in events if isinstance(event, Extent)] == [16 + 11 + 10]


# --- other XML, older notices, hostile XML ------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    ["<faktura><rad>1</rad></faktura>", "<ContractNotice/>", f"<Invoice xmlns='{SCHEMA}Invoice-2'/>", "<TED_EXPORT/>"],
)
def test_well_formed_xml_that_is_no_notice_is_refused_as_such(tmp_path: Path, content: str) -> None:
    error = refusal(tmp_path, content)
    assert (error.code, error.status) == (ProblemCode.NOT_EFORMS, "refused")


def test_an_older_ted_notice_gives_its_basic_facts_and_texts(tmp_path: Path) -> None:
    form = (
        '<F02_2014 LG="{0}" CATEGORY="{1}"><CONTRACTING_BODY><ADDRESS_CONTRACTING_BODY><OFFICIALNAME>Exempelkommunen (påhittad)'
        "</OFFICIALNAME><NATIONALID>212000-2452</NATIONALID></ADDRESS_CONTRACTING_BODY></CONTRACTING_BODY><OBJECT_CONTRACT>"
        '<TITLE><P>{2}</P></TITLE><CPV_MAIN><CPV_CODE CODE="39100000"/></CPV_MAIN><SHORT_DESCR><P>Stolar och bord.</P></SHORT_DESCR>'
        '<OBJECT_DESCR ITEM="1"><CPV_ADDITIONAL><CPV_CODE CODE="39112000"/></CPV_ADDITIONAL><SHORT_DESCR><P>Stolarna ska <FT>kunna</FT> lagas.</P>'
        "</SHORT_DESCR></OBJECT_DESCR></OBJECT_CONTRACT></F02_2014>"
    )
    content = (
        '<TED_EXPORT xmlns="http://publications.europa.eu/resource/schema/ted/R2.0.9/publication" DOC_ID="1-2019"><FORM_SECTION>'
        + form.format("EN", "ORIGINAL", "Furniture")
        + form.format("SV", "TRANSLATION", "Möbler")
        + "</FORM_SECTION></TED_EXPORT>"
    )
    events = read_events(tmp_path, content)
    facts = facts_of(events)
    assert (facts.title, facts.buyer, facts.organisation_number) == (
        "Möbler",
        "Exempelkommunen (påhittad)",
        "2120002452",
    )
    assert (facts.cpv, facts.languages, facts.notice_id) == (("39100000", "39112000"), ("SV",), "1-2019")
    assert [(piece.text, piece.place) for piece in pieces_of(events)] == [
        ("Möbler", FieldPlace(field="TITLE")),
        ("Stolar och bord.", FieldPlace(field="SHORT_DESCR")),
        ("Stolarna ska kunna lagas.", FieldPlace(field="SHORT_DESCR", lot="1")),
    ]


CANARY = "KANARIEFÅGEL-7731"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE n [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE n [<!ENTITY x SYSTEM "file://{canary}">]>',
        '<!DOCTYPE n SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["laughs", "local file", "network"],
)
def test_a_notice_with_a_doctype_is_refused_and_nothing_is_fetched(tmp_path: Path, doctype: str) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY, encoding="utf-8")
    reference = "&x;" if "ENTITY" in doctype else ""
    content = notice(lot(), project=said("Description", f"Före {reference} efter"))
    declared = content.replace("?>", "?>" + doctype.replace("{canary}", str(canary)), 1)
    assert refusal(tmp_path, declared).code == ProblemCode.XML_DTD


def test_an_inclusion_is_inert_and_the_text_after_it_is_kept(tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY, encoding="utf-8")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{canary}" parse="text"/>'
    content = notice(lot(), project=said("Description", f"Före {include} efter"))
    content = content.replace("?>", '?><?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>', 1)
    texts = [" ".join(piece.text.split()) for piece in pieces_of(read_events(tmp_path, content))]
    assert "Före efter" in texts
    assert not any(CANARY in text for text in texts)


def test_a_notice_of_deeply_nested_elements_is_refused(tmp_path: Path) -> None:
    deep = "<cac:X>" * 20_000 + "</cac:X>" * 20_000
    assert refusal(tmp_path, notice(lot(), project=deep)).code == ProblemCode.XML_DEPTH


def test_a_notice_with_one_enormous_text_is_refused(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, notice(lot(), project=said("Description", "återbruk " * 2_400_000))).code
        == ProblemCode.XML_TOO_BIG
    )


def test_a_notice_that_breaks_off_is_refused_as_damaged(tmp_path: Path) -> None:
    assert refusal(tmp_path, notice(lot())[:-40]).code == ProblemCode.XML_DAMAGED


def test_a_notice_without_buyer_lots_or_numbers_is_read_for_what_it_has(tmp_path: Path) -> None:
    events = read_events(tmp_path, f"<ContractNotice {NAMESPACES}/>")
    assert facts_of(events) == Notice()


def result(code: str = "selec-w", bids: str = "") -> str:
    told = (
        "<efac:ReceivedSubmissionsStatistics><efbc:StatisticsCode>tenders</efbc:StatisticsCode>"
        f"<efbc:StatisticsNumeric>{bids}</efbc:StatisticsNumeric></efac:ReceivedSubmissionsStatistics>"
    )
    return f"<efac:LotResult><cbc:TenderResultCode>{code}</cbc:TenderResultCode>{told if bids else ''}</efac:LotResult>"


WON = (
    "<efac:LotTender><cbc:ID>TEN-1</cbc:ID><efac:TenderingParty><cbc:ID>TPA-1</cbc:ID></efac:TenderingParty></efac:LotTender>"
    "<efac:LotTender><cbc:ID>TEN-2</cbc:ID><efac:TenderingParty><cbc:ID>TPA-2</cbc:ID></efac:TenderingParty></efac:LotTender>"
    "<efac:SettledContract><efac:LotTender><cbc:ID>TEN-1</cbc:ID></efac:LotTender></efac:SettledContract>"
    "<efac:TenderingParty><cbc:ID>TPA-1</cbc:ID><efac:Tenderer><cbc:ID>ORG-0005</cbc:ID></efac:Tenderer></efac:TenderingParty>"
    "<efac:TenderingParty><cbc:ID>TPA-2</cbc:ID><efac:Tenderer><cbc:ID>ORG-0006</cbc:ID></efac:Tenderer></efac:TenderingParty>"
)


def company(identity: str, size: str, town: str) -> str:
    return (
        f"<efac:Organization><efac:Company><efbc:CompanySizeCode>{size}</efbc:CompanySizeCode><cac:PartyIdentification>"
        f"<cbc:ID>{identity}</cbc:ID></cac:PartyIdentification><cac:PostalAddress><cbc:CityName>{town}</cbc:CityName>"
        "</cac:PostalAddress></efac:Company></efac:Organization>"
    )


def test_only_those_who_won_are_winners_and_no_name_is_kept(tmp_path: Path) -> None:
    firms = company("ORG-0005", "micro", "Ås") + company("ORG-0006", "large", "Solna")
    outcome = f"<efac:NoticeResult>{result(bids='4')}{result(bids='1')}{WON}</efac:NoticeResult>"
    facts = facts_of(read_events(tmp_path, notice(lot(), organisations=BUYER + firms, root=outcome)))
    assert [(winner.size, winner.town) for winner in facts.winners] == [("micro", "Ås")]
    assert (facts.bids, facts.cancelled) == (2.5, False)


def test_a_procurement_whose_every_lot_closed_without_a_winner_came_to_nothing(tmp_path: Path) -> None:
    for codes, cancelled in ((("clos-nw", "clos-nw"), True), (("clos-nw", "selec-w"), False)):
        outcome = f"<efac:NoticeResult>{''.join(map(result, codes))}</efac:NoticeResult>"
        assert facts_of(read_events(tmp_path, notice(lot(), root=outcome))).cancelled is cancelled
