"""Columns of every kind through everything that takes some: the right result, or a sentence, never a warning or another error."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_events

import eddy

awkward = pytest.importorskip("awkward")
pandas = pytest.importorskip("pandas")

EVENTS = make_events(600, 60)
N = 600
A = EVENTS["a"]


def where(row, value, column=A):
    changed = np.array(column, dtype=np.float64)
    changed[row] = value
    return changed


def objects(*last):
    column = np.array(A.tolist(), dtype=object)
    column[N - len(last) :] = last
    return column


SAME = {
    "strided": np.repeat(A, 2)[::2],
    "column of a matrix": np.column_stack([A, A])[:, 0],
    "read-only": np.frombuffer(A.tobytes(), A.dtype),
    "other byte order": A.astype(">f4"),
    "extended": A.astype("g"),
    "list": A.tolist(),
    "nothing masked": np.ma.masked_array(A),
    "Series": pandas.Series(A),
    "nullable": pandas.array(A, dtype="Float64"),
    "awkward": awkward.Array(A),
}
OTHER = {
    "float16": A.astype("f2"),
    "unsigned": (np.arange(N) % 7).astype("u1"),
    "unsigned of 64 bits": np.arange(N, dtype="u8") * np.uint64(2**54),
    "bool": A > 0,
    "nullable bool": pandas.array(A > 0, dtype="boolean"),
}
BAD = {
    "NaN": where(7, np.nan),
    "infinite": where(7, np.inf),
    "infinite float16": where(7, np.inf).astype("f2"),
    "beyond single precision": where(7, 1e300),
    "numbers as objects": objects(),
    "texts among objects": objects("x"),
    "None among objects": objects(None),
    "texts": np.array(["x"] * N),
    "bytes": np.array([b"1"] * N),
    "times": np.zeros(N, "M8[s]"),
    "durations": np.zeros(N, "m8[s]"),
    "complex": A.astype(complex),
    "masked": np.ma.masked_less(A, 0),
    "missing": pandas.array([None, *A.tolist()[1:]], dtype="Float64"),
    "missing in awkward": awkward.Array([None, *A.tolist()[1:]]),
    "jagged list": [[1.0], [2.0, 3.0]] * (N // 2),
    "jagged": awkward.Array([[1.0], [2.0, 3.0]] * (N // 2)),
    "categories of texts": pandas.Categorical(np.where(A > 0, "u", "v")),
    "matrix": np.ones((N, 2)),
    "scalar": 3.0,
    "array without dimensions": np.array(3.0),
    "too few": A[:-1],
    "empty": A[:0],
}


def flow(column):
    table = {"b": EVENTS["b"], "a": column}
    return eddy.Flow(layers=1, hidden=8, epochs=1).fit(table).log_prob(table)


def classifier(column):
    table = {"b": EVENTS["b"], "a": column}
    return eddy.Classifier("linear").fit(table, EVENTS["truth"]).predict_proba(table)


def space(column):
    table = {"b": EVENTS["b"], "a": column}
    return eddy.QuakSpace(options={"epochs": 1, "latent": 1, "hidden": [4]}).fit(table).transform(table)


def sic(column):
    return eddy.stats.sic(EVENTS["truth"], column).auc


def sculpting(column):
    return eddy.stats.sculpting(column, EVENTS["b"] > 0, n_bins=4, n_subsets=3).random_subsets


MODELS = [flow, classifier, space]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("use", [*MODELS, sic, sculpting])
def test_the_same_numbers_give_the_same_result(use):
    expected = use(A)
    for name, column in SAME.items():
        np.testing.assert_array_equal(use(column), expected, err_msg=name)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("use", [*MODELS, sic])
def test_other_types_of_numbers_are_numbers(use):
    for name, column in OTHER.items():
        expected = use(np.asarray(column, dtype=np.float64))
        np.testing.assert_array_equal(use(column), expected, err_msg=name)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("use", [*MODELS, sic, sculpting])
def test_a_bad_column_is_a_sentence(use, what):
    if use is sic and what in ("infinite", "infinite float16", "beyond single precision"):
        assert 0 < use(BAD[what]) < 1, "an order is all that scores need"
        return
    with pytest.raises(eddy.EddyError) as error:
        use(BAD[what])
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: classifier(A[:-1]), "column 'b' of X has 600 values but column 'a' has 599; give one per event"),
        (lambda: classifier(3.0), "X is a dict whose 'a' is 3.0; give an array for each column"),
        (lambda: eddy.Flow().fit({}), "X is a dict without columns; give an array for each"),
        (lambda: eddy.search("cwola", data={"mjj": A, "a": 3.0}, x=["a"]), "a dict whose 'a' is 3.0; give an array for each"),
        (lambda: classifier(objects()), r"'a' of X holds numbers as objects \(float\); convert it with astype\(float\)"),
        (lambda: classifier(objects(1, "x", None)), r"'a' of X holds objects \(str: 'x'\), which are no numbers; convert them"),
        (lambda: flow(where(7, 1e300)), "X contains NaN or infinity .*, or a number beyond 3.4e38, first in row 7, column 1"),
        (lambda: eddy.Flow().fit(np.column_stack([A, objects("x")])), "X holds objects; .*not convert string to float: 'x'"),
        (lambda: eddy.Classifier().fit(A[:, None], objects("x")), r"y has labels of several kinds \(float, str\); give"),
        (lambda: eddy.Classifier().fit(A[:, None], BAD["missing in awkward"]), r"y \(Array\) has missing values"),
        (lambda: eddy.Classifier("linear").fit(A[:, None], A > 0).score(A[:, None], A[1:] > 0), r"the shape \(599,\) for 600"),
        (lambda: eddy.stats.template_count(60, where(7, 1e300)), "cannot be compared with 1e\\+300"),
        (lambda: eddy.stats.sculpting(where(7, 1e300), A > 0), "masses must be finite but that of event 7 is inf"),
    ],
)  # fmt: skip
def test_sentences_say_what_is_wrong(call, sentence):
    with pytest.raises(eddy.EddyError, match=sentence):
        call()


def particles(**changes):
    return awkward.Array([[{"pt": 90.0, "eta": 0.1, "phi": 3.0}, {"pt": 80.0, "eta": 0.1, "phi": 0.0} | changes]])


MOMENTA = np.array([[[100.0, 0, 0, 100], [-100, 0, 0, 100]]])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (particles(pt=None), "'pt' of the particles has missing values; leave these out, as with awkward.drop_none"),
        (awkward.Array([None, *particles()]), "'pt' of the particles has missing values"),
        (awkward.Array([[None, *particles()[0]]]), "'pt' of the particles has missing values"),
        (awkward.Array([[{"pt": "a", "eta": 0.1, "phi": 3.0}]]), "'pt' of the particles is <U1, which are no numbers"),
        (particles(eta=1000.0), "not finite"),
        (MOMENTA.astype(complex), "particles are complex128, which are no numbers"),
        (np.zeros((1, 2, 4), "M8[s]"), "particles are datetime64.*, which are no numbers"),
        (MOMENTA.astype(str), "which are no numbers"),
        (MOMENTA.astype(object), "particles are object, which are no numbers"),
        ([[[1, 0, 0, 10**400]]], "which are no numbers"),
        ([[[1.0]], [[1.0, 2.0]]], "not of one shape"),
        (np.ma.masked_less(MOMENTA, 0), "1 masked values; fill them"),
        (where(0, np.nan, MOMENTA), "not finite"),
    ],
)  # fmt: skip
def test_bad_particles_are_a_sentence(given, sentence):
    with pytest.raises(eddy.DataError, match=sentence):
        eddy.jets.cluster(given, radius=0.8)


def test_particles_of_other_types_are_the_same_particles():
    expected = eddy.jets.cluster(MOMENTA, radius=0.8)
    for other in (MOMENTA.astype("f2"), MOMENTA.astype("i4"), np.repeat(MOMENTA, 2, axis=1)[:, ::2], MOMENTA.tolist()):
        found = eddy.jets.cluster(other, radius=0.8)
        for name, column in expected.items():
            np.testing.assert_array_equal(found[name], column)


def test_fisher_of_many_that_say_nothing():
    assert eddy.stats.fisher(np.ones(2000)).p_value == 1
