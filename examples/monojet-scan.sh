#!/usr/bin/env bash
# S/sqrt(B) out against S/sqrt(B) in: figure 5 of the CONRAD paper on the full samples (docs/data.md).
#
#   export EDDY_DATA=/path/to/the/samples
#   examples/monojet-scan.sh [OUT]
#
# All runs share one store of finished tasks, so the flows are trained once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-runs/monojet-scan}
eddy=${EDDY:-$here/../build/release/eddy}

for strength in 0 1 2 3 4; do
  for seed in 7 8 9; do
    "$eddy" run "$here/monojet-full.toml" --out "$out/$strength-$seed" --store "$out/store" --quiet \
      --set inject.s_over_sqrt_b=$strength --set inject.seed=$seed --set benchmarks.background=
    [[ $strength == 0 ]] && break # without signal its seed does not matter
  done
done

python3 - "$out" <<'PY'
import json, pathlib, sys
print(f"{'injected':>9} {'seed':>5} {'efficiency':>11} {'S/sqrt(B)':>10} {'Z':>6}")
for path in sorted(pathlib.Path(sys.argv[1]).glob("*-*/result.json")):
    strength, seed = path.parent.name.split("-")
    for point in json.loads(path.read_text())["working_points"]:
        print(f"{strength:>9} {seed:>5} {point['efficiency']:>11} {point['s_over_sqrt_b']:>10.2f} {point['z']:>6.2f}")
PY
