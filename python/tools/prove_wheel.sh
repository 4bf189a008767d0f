#!/usr/bin/env bash
# Installs a wheel in a bare Debian with nothing but Python (debootstrap, root) and searches a table there.
# usage: prove_wheel.sh WHEEL
set -euo pipefail
wheel=$(readlink -f "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv bookworm "$root" >"$root.log" 2>&1
cp "$wheel" "$(dirname "${BASH_SOURCE[0]}")/ten_lines.py" "$root/root/"
# numpy, the only requirement, is fetched out here: in there are no certificates.
python3 -m pip download -q --only-binary :all: --dest "$root/root/wheels" --python-version 3.11 --platform manylinux_2_17_x86_64 \
  --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --no-deps numpy
chroot "$root" /bin/sh -ec '
  cd /root
  python3 -m venv venv
  venv/bin/pip install -q --no-index --find-links wheels ./*.whl
  venv/bin/python ten_lines.py
  venv/bin/eddy calibrate runs/ten-lines --experiments 2 --quiet
  venv/bin/eddy inspect runs/ten-lines/events/*.h5'
