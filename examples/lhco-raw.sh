#!/usr/bin/env bash
# From particles to a finished search: the R&D data set of the LHC Olympics 2020, from its raw file (docs/features.md).
#
#   export EDDY_DATA=/path/to/data      # holds events_anomalydetection_v2.h5, of Zenodo record 4536377
#   examples/lhco-raw.sh [OUT] [options of eddy run]
#
# The search is that of examples/lhco.toml, on features computed here instead of the published ones.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
eddy=${EDDY:-$here/../build/release/eddy}
raw=${EDDY_DATA:?names no folder: export EDDY_DATA=/path/to/data}/events_anomalydetection_v2.h5
out=${1:-runs/lhco-raw}
mkdir -p "$out"
features=$(realpath "$out")/features.h5

# What the file holds: 2101 columns, 700 x (pt, eta, phi) and the label.
"$eddy" inspect "$raw"

# Jets, N-subjettiness, soft drop: some minutes on two cores, once.
if [[ ! -f $features || $raw -nt $features ]]; then
  "$eddy" features "$raw" -o "$features"
fi

"$eddy" run "$here/lhco.toml" --out "$out/run" --set "data.file=$features" "${@:2}"
echo "open $out/run/report.html in a browser"
