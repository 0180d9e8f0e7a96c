from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cirkular_krav.linear import read_model, words_of, write_model
from cirkular_krav.training.fit import Example, Table, features_of

EXAMPLES = [
    *(Example(f"Möblerna ska vara begagnade {i}", ("role=contract",), ("reuse",)) for i in range(8)),
    *(Example(f"Möblerna ska levereras i oktober {i}", ("role=price",), ()) for i in range(8)),
    *(Example(f"Stolarna lagas på plats {i}", ("role=contract",), ("repair", "reuse")) for i in range(8)),
]


def test_a_fitted_model_knows_its_examples_and_words_of_the_same_pieces() -> None:
    model = Table(EXAMPLES).fit(strength=10.0)
    assert model.classes == ("repair", "reuse")
    repair, reuse = model.scores(words_of("Begagnad möbel"), ["role=contract"])
    assert reuse > 0 > repair
    assert model.scores(words_of("Leverans i oktober"), ["role=price"])[1] < 0


def test_the_same_examples_give_the_same_file_which_reads_back() -> None:
    one, other = (write_model(Table(EXAMPLES).fit(strength=3.0, made_of="prov")) for _ in range(2))
    assert one == other
    assert write_model(read_model(one)) == one


def test_only_the_weights_that_matter_most_are_kept() -> None:
    model, whole = (Table(EXAMPLES).fit(strength=3.0, most_weights=most) for most in (20, 100_000))
    sizes = [sum(len(row.split()) for row in each.rows.values()) for each in (model, whole)]
    assert sizes[0] <= 20 < sizes[1]
    assert all(whole.rows[name].count(":") >= row.count(":") for name, row in model.rows.items())


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_fitted_is_what_the_runtime_adds_up(apart: bool) -> None:
    model = Table(EXAMPLES, apart=apart).fit(strength=3.0, most_weights=100_000)
    assert any("~" in name for name in model.rows) == apart
    text, signs = "Stolarna ska vara begagnade", ("role=contract",)
    wanted = list(model.intercepts)
    for name, value in features_of(text, signs, apart=apart).items():
        for item in model.rows.get(name, "").split():
            at, _, weight = item.partition(":")
            wanted[int(at)] += int(weight) * model.unit * value
    assert model.scores(words_of(text), signs) == pytest.approx(wanted)


def test_words_that_only_say_something_together_are_learnt_as_a_pair_though_others_stand_between() -> None:
    said = {
        ("hämtas", "används"): ("reuse",),
        ("hämtas", "bränns"): (),
        ("skickas", "används"): (),
        ("skickas", "bränns"): ("reuse",),
    }
    examples = [
        Example(f"Varan {first} av {between} och {second} sedan", (), labels)
        for (first, second), labels in said.items() for between in ("föraren", "vaktmästaren", "kommunen", "den som kör")
    ]  # fmt: skip
    model = Table(examples, apart=True).fit(strength=50.0, fewest=1, most_weights=100_000)
    scores = {
        words: float(model.scores(words_of(f"Varan {words[0]} av bilen och {words[1]} sedan"))[0]) for words in said
    }
    assert {words for words, score in scores.items() if score > 0} == {
        words for words, labels in said.items() if labels
    }
    words = words_of("Varan hämtas av bilen och används sedan")
    telling = dict(zip([word for word, _, _ in words], model.shares(words, "reuse"), strict=True))
    assert min(telling["hämtas"], telling["används"]) > max(telling["bilen"], telling["av"])


def test_texts_that_differ_only_in_numbers_score_alike_and_no_sign_of_one_stays_with_the_other() -> None:
    model = Table(EXAMPLES).fit(strength=3.0)
    first = model.scores(words_of("Stolarna lagas på plats i 5 år"))
    alone = first.tolist()
    assert model.scores(words_of("Stolarna lagas på plats i 12 år"), ("role=contract",)).tolist() != alone
    assert model.scores(words_of("Stolarna lagas på plats i 12 år")).tolist() == alone
    with pytest.raises(ValueError, match="read-only"):
        first += 1


def test_parts_of_a_table_are_fitted_alone_and_a_class_without_examples_is_never_likely() -> None:
    table = Table(EXAMPLES)
    model = table.fit(range(16), classes=("reuse", "repair"))
    assert model.classes == ("reuse", "repair")
    assert model.scores(words_of("Stolarna lagas på plats"))[1] < -5


def test_threads_that_share_a_model_get_the_scores_that_one_alone_gets() -> None:
    texts = [f"ord{n} möbel{n % 7} lagas{n * 31}" for n in range(3_000)]
    examples = [Example(text, (), ("odd",) if n % 2 else ()) for n, text in enumerate(texts[:400])]
    written = write_model(Table(examples).fit(strength=10.0, fewest=1))
    alone, shared = read_model(written), read_model(written)
    wanted = [alone.scores(words_of(text)).tolist() for text in texts]
    with ThreadPoolExecutor(max_workers=8) as threads:
        found = list(threads.map(lambda text: shared.scores(words_of(text)).tolist(), texts))
    assert found == wanted
