"""Jets against FastJet's own Python."""

from __future__ import annotations

import numpy as np
import pytest

import eddy

awkward = pytest.importorskip("awkward")


def particles(n_events=20, n=60, seed=1):
    """Events of two sprays of massless particles, back to back."""
    random = np.random.default_rng(seed)
    axis = random.uniform(-np.pi, np.pi, n_events)
    phi = axis[:, None] + np.where(np.arange(n) % 2, np.pi, 0) + random.normal(0, 0.3, (n_events, n))
    eta, pt = random.normal(0, 0.4, (n_events, n)), random.exponential(20, (n_events, n)) + 0.5
    return awkward.Array({"pt": pt, "eta": eta, "phi": (phi + np.pi) % (2 * np.pi) - np.pi})


def test_jets_are_those_of_fastjet():
    fastjet = pytest.importorskip("fastjet")
    given = particles()
    pt, eta, phi = (awkward.to_numpy(given[name]) for name in ("pt", "eta", "phi"))
    cartesian = {"px": pt * np.cos(phi), "py": pt * np.sin(phi), "pz": pt * np.sinh(eta), "E": pt * np.cosh(eta)}
    for name, kind in (
        ("antikt", fastjet.antikt_algorithm),
        ("cambridge_aachen", fastjet.cambridge_algorithm),
        ("kt", fastjet.kt_algorithm),
    ):
        ours = eddy.jets.cluster(given, algorithm=name, radius=0.8, pt_min=20)
        for i in range(len(given)):
            rows = [fastjet.PseudoJet(*(float(cartesian[c][i, p]) for c in ("px", "py", "pz", "E"))) for p in range(pt.shape[1])]
            sequence = fastjet.ClusterSequence(rows, fastjet.JetDefinition(kind, 0.8))
            jets = fastjet.sorted_by_pt(sequence.inclusive_jets(20.0))
            assert ours["n_jets"][i] == len(jets)
            assert ours["pt_j1"][i] == pytest.approx(jets[0].pt(), rel=1e-9)
            assert ours["m_j1"][i] == pytest.approx(jets[0].m(), rel=1e-6)
            assert ours["n_const_j1"][i] == len(jets[0].constituents())
            assert ours["mjj"][i] == pytest.approx((jets[0] + jets[1]).m(), rel=1e-9)


def test_layouts_and_containers_give_the_same_jets():
    given = particles(5)
    pt, eta, phi = (awkward.to_numpy(given[name]) for name in ("pt", "eta", "phi"))
    momenta = np.stack([pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), pt * np.cosh(eta)], axis=2)
    padded = np.concatenate([momenta, np.zeros((5, 3, 4))], axis=1)
    named = awkward.zip(dict(zip(("px", "py", "pz", "e"), (momenta[..., i] for i in range(4)), strict=True)))
    massive = awkward.with_field(given, np.zeros_like(pt), "m")
    expected = eddy.jets.cluster(given)
    for other in (padded, named, massive):
        found = eddy.jets.cluster(other)
        for name in expected.fields:
            np.testing.assert_allclose(awkward.to_numpy(found[name]), awkward.to_numpy(expected[name]), rtol=1e-6, atol=1e-9)
    assert isinstance(eddy.jets.cluster(padded), dict) and isinstance(expected, awkward.Array)


def test_options_reach_the_engine():
    found = eddy.jets.cluster(particles(5), described=1, beta=(1.0, 2.0), n_max=3, soft_drop_z_cut=0.45)
    assert "pt_j2" not in found.fields
    assert not np.array_equal(found["m_sd_j1"], eddy.jets.cluster(particles(5))["m_sd_j1"])


def test_an_energy_beside_pt_eta_phi_counts():
    particle = {"pt": 100.0, "eta": 0.3, "phi": 1.0, "E": 150.0}
    found = eddy.jets.cluster(awkward.Array([[particle]]), described=1)
    mass = np.sqrt(150**2 - (100 * np.cosh(0.3)) ** 2)
    name = next(field for field in found.fields if field in ("mj1", "m_j1"))
    assert found[name][0] == pytest.approx(mass, rel=1e-5)


def test_events_without_particles_have_no_jets():
    found = eddy.jets.cluster(awkward.Array([[], [{"pt": 100.0, "eta": 0.0, "phi": 0.0}]]))
    assert awkward.to_list(found["n_jets"]) == [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: eddy.jets.cluster(particles(2), algorithm="antkt"), eddy.ConfigError, "antikt"),
        (lambda: eddy.jets.cluster(particles(2), radius=-1), eddy.ConfigError, "radius"),
        (lambda: eddy.jets.cluster(particles(2), z_cut=0.1), eddy.ConfigError, "soft_drop_z_cut"),
        (lambda: eddy.jets.cluster(particles(2)[["pt", "eta"]]), eddy.DataError, "have the fields pt, eta"),
        (lambda: eddy.jets.cluster(np.zeros((3, 4))), eddy.DataError, r"the shape \(3, 4\)"),
        (lambda: eddy.jets.cluster(np.full((1, 1, 4), np.nan)), eddy.DataError, "not finite"),
    ],
)
def test_bad_particles_are_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
