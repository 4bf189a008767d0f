"""Reference numbers of abcd_test.cpp from Minuit (python3-iminuit 2.11) and SciPy; run with the system python3.

Independent of eddy: another parametrisation (tau instead of c), another minimiser, five free parameters at once.
"""

from math import exp, log, sqrt

from iminuit import Minuit
from scipy.optimize import brentq
from scipy.stats import norm

# counts A, B, C, D; closure, its error; leakage into B, C, D
CASES = [
    ((90, 65000, 435, 435000), (1.0, 0.10), (0.0, 0.0, 0.0)),
    ((50, 65000, 435, 435000), (1.0, 0.05), (0.0, 0.0, 0.0)),
    ((1200, 98000, 9000, 901000), (1.05, 0.02), (0.3, 0.05, 0.02)),
    ((60, 400, 300, 4000), (0.95, 0.20), (0.5, 0.10, 0.05)),
    ((40, 120, 25, 110), (1.0, 0.30), (0.2, 0.30, 0.10)),
]


def poisson(n, mu):
    if mu <= 0:
        return 1e30
    return mu - n + n * log(n / mu) if n > 0 else mu


def half_deviance(counts, closure, leakage):
    a, b, c, d = counts
    k, sigma = closure
    lb, lc, ld = leakage

    def f(s, log_b, log_d, log_tau, pull):
        bb, dd, tau = exp(log_b), exp(log_d), exp(log_tau)
        return (poisson(a, s + k * exp(sigma * pull) * tau * bb) + poisson(b, lb * s + bb)
                + poisson(c, lc * s + tau * dd) + poisson(d, ld * s + dd)
                + 0.5 * pull**2)

    return f


def minimise(counts, closure, leakage, signal=None):
    a, b, c, d = counts
    m = Minuit(half_deviance(counts, closure, leakage), s=1.0 if signal is None else signal,
               log_b=log(b), log_d=log(d), log_tau=log(c / d), pull=0.0)
    m.errordef = Minuit.LIKELIHOOD
    m.strategy = 2
    m.tol = 1e-5
    for name in ("log_b", "log_d", "log_tau"):
        m.limits[name] = (-20, 20)
    m.fixed["s"] = signal is not None
    m.migrad(ncall=20000)
    m.migrad(ncall=20000)
    m.hesse()
    return m


def report(counts, closure, leakage):
    best = minimise(counts, closure, leakage)
    null = minimise(counts, closure, leakage, 0.0)
    v = null.values
    background = closure[0] * exp(closure[1] * v["pull"] + v["log_tau"] + v["log_b"])
    s_hat = best.values["s"]
    root = sqrt(2 * max(0.0, null.fval - best.fval)) * (1 if s_hat > 0 else -1)
    asimov = (background, exp(v["log_b"]), exp(v["log_tau"] + v["log_d"]), exp(v["log_d"]))
    asimov_closure = (closure[0] * exp(closure[1] * v["pull"]), closure[1])

    def roots(s):
        reference = best.fval if s_hat > 0 else null.fval
        q = 0.0 if s <= s_hat else 2 * max(0.0, minimise(counts, closure, leakage, s).fval - reference)
        return q, 2 * minimise(asimov, asimov_closure, leakage, s).fval

    def cls(s):
        q, qa = roots(s)
        if q <= qa:
            return norm.sf(sqrt(q)) / norm.sf(sqrt(q) - sqrt(qa))
        return norm.sf((q + qa) / (2 * sqrt(qa))) / norm.sf((q - qa) / (2 * sqrt(qa)))

    high = max(s_hat, 0) + 8 * best.errors["s"]
    limit = brentq(lambda s: cls(s) - 0.05, 0.05 * best.errors["s"], high, xtol=1e-5)
    median = brentq(lambda s: 2 * norm.sf(sqrt(roots(s)[1])) - 0.05, 0.05 * best.errors["s"], high, xtol=1e-5)
    print(f"    {{{{{', '.join(map(str, counts))}}}, {{{', '.join(map(str, closure + leakage))}}}, {s_hat:.5f}, "
          f"{best.errors['s']:.5f}, {background:.5f}, {root:.6f}, {limit:.4f}, {median:.4f}}},")


for case in CASES:
    report(*case)
