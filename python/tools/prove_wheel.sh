#!/usr/bin/env bash
# Installs a wheel in a bare Debian with nothing but Python (debootstrap, root) and searches a table there.
# usage: prove_wheel.sh WHEEL [FOLDER]     FOLDER: where the machine is made, and kept; without, one that is removed
set -euo pipefail
wheel=$(readlink -f "$1")
tools=$(dirname "${BASH_SOURCE[0]}")
if [[ -n ${2:-} ]]; then
  mkdir -p "$2"
  folder=$(readlink -f "$2")
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
root=$folder/root
if [[ ! -x $root/usr/bin/python3 ]]; then
  # From where this machine has its packages; elsewhere from Debian's own address, which debootstrap knows.
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $3 == "bookworm" { print $2; exit }') || true
  debootstrap --variant=minbase --include=python3,python3-venv bookworm "$root" ${mirror:+"$mirror"} >"$folder/debootstrap.log" 2>&1 ||
    { tail -n 5 "$folder/debootstrap.log" >&2 && exit 1; }
fi
rm -rf "$root/root/proof" && mkdir "$root/root/proof"
cp "$wheel" "$tools/ten_lines.py" "$root/root/proof/"
# numpy, the only requirement, is fetched out here: in there are no certificates.
/usr/bin/python3 -m pip download -q --only-binary :all: --dest "$root/root/proof/wheels" --python-version 3.11 \
  --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --no-deps numpy
chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -ec '
  cd /root/proof
  python3 -m venv venv
  venv/bin/pip install -q --no-index --find-links wheels ./*.whl
  venv/bin/python ten_lines.py
  # The command line on the same events finds the same numbers, to the last bit.
  venv/bin/eddy run runs/ten-lines/events/search.toml --out runs/again --set flow.members=1 --set classifier.members=4 \
    --set validation.experiments=0 --quiet
  cmp runs/ten-lines/result.json runs/again/result.json
  venv/bin/eddy calibrate runs/ten-lines --experiments 2 --quiet
  venv/bin/eddy inspect runs/ten-lines/events/*.h5'
echo "prove_wheel: $(basename "$wheel") searches on a machine with nothing but Python"
