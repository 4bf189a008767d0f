#!/usr/bin/env bash
# Proves what the README promises: on a Debian bookworm with nothing on it but root and the package registries, the README's
# commands run and pass. Makes such a machine in a folder (debootstrap, minbase), clones this repository into it (what is
# committed, nothing else), runs the commands there as root and says how each ended.
# How to reach the registries is taken from the machine it runs on; neither a host nor a password is written here.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tools/bare_machine.sh [OPTION...] FOLDER [COMMAND...]

FOLDER    where the machine is made: FOLDER/root; the log of each command: FOLDER/*.log
COMMAND   what to run in the clone; default: './dev demo' './dev test'
  --ccache DIR   let the machine use this compiler cache (repeated proofs; a first one goes without); other clones share it
                 with base_dir above them and hash_dir = false
  --reuse        go on with the machine that is in FOLDER; the clone is made anew, its build/ stays
  --remove       remove the machine when all commands passed
As root; needs debootstrap and some 6 GB.
TEXT
}

fail() {
  echo "bare_machine: error: $*" >&2
  exit 1
}

export LANG=${LANG:-C.UTF-8}
ccache=
reuse=0
remove=0
while [[ ${1:-} == --* ]]; do
  case $1 in
    --ccache) ccache=$(realpath "${2:?--ccache needs a folder}") && shift ;;
    --reuse) reuse=1 ;;
    --remove) remove=1 ;;
    --help) usage && exit ;;
    *) usage >&2 && fail "unknown option '$1'" ;;
  esac
  shift
done
[[ -n ${1:-} ]] || { usage >&2 && exit 2; }
mkdir -p "$1"
folder=$(realpath "$1")
readonly folder ccache reuse remove
readonly root=$folder/root
commands=("${@:2}")
((${#commands[@]})) || commands=('./dev demo' './dev test')
source=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
readonly source

# Debian's entries among the machine's package sources, as "URI SUITE COMPONENT".
debian_sources() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sed -n 's/^Debian //p' | sort -u
}

make_machine() {
  local mirror
  mirror=$(debian_sources | awk '$2 == "bookworm" { print $1; exit }')
  [[ -n $mirror ]] || fail "apt knows no mirror of bookworm here; run apt-get update on a bookworm machine first"
  echo "bare_machine: making a minimal bookworm in $root"
  debootstrap --variant=minbase bookworm "$root" "$mirror" >"$folder/debootstrap.log" 2>&1 ||
    fail "debootstrap failed; see $folder/debootstrap.log"
  debian_sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
}

# Proxies, certificates and the registries' addresses: the way to the packages, none of the packages.
carry_registry_settings() {
  apt-config dump | grep -E '^Acquire::(https?|Check|Max|Retries)[^ ]* "' >"$root/etc/apt/apt.conf.d/90machine" || true
  mkdir -p "$root/usr/local/share/ca-certificates" "$root/etc/ssl/certs"
  cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
  cp "${npm_config_userconfig:-$HOME/.npmrc}" "$root/root/.npmrc" 2>/dev/null || true
}

# Of the environment: what says how to reach the network, as NAME=VALUE.
network_environment() {
  env | grep -iE '^([a-z]*_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO|CURL_CA_BUNDLE|npm_config_(registry|cafile))=' || true
}

# enter COMMAND: a shell line on the bare machine, with its own mounts and processes, which go when it ends.
enter() {
  local environment
  mapfile -t environment < <(network_environment)
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    root=$1 ccache=$2
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/dev/shm"
    if [[ -n $ccache ]]; then
      mkdir -p "$root/ccache"
      mount --bind "$ccache" "$root/ccache"
    fi
    exec chroot "$root" /usr/bin/env -i "${@:4}" bash -c "$3"' \
    bash "$root" "$ccache" "$1" HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive ${ccache:+CCACHE_DIR=/ccache CCACHE_BASEDIR=/root CCACHE_NOHASHDIR=1 LANG=$LANG} "${environment[@]}" </dev/null
}

# step NAME COMMAND: runs it, keeps its output in NAME.log and writes a line of the report.
step() {
  local begin=$SECONDS result=passed
  enter "$2" >"$folder/$1.log" 2>&1 || result="FAILED ($?)"
  printf '%-14s %5d s  %s\n' "$result" $((SECONDS - begin)) "$2" | tee -a "$folder/report.txt"
  [[ $result == passed ]] || { tail -n 30 "$folder/$1.log" && fail "see $folder/$1.log"; }
}

((EUID == 0)) || fail "making a machine needs root"
command -v debootstrap >/dev/null || fail "debootstrap is missing; apt-get install debootstrap"
if ((!reuse)); then
  [[ ! -e $root ]] || fail "$root exists; remove it, or take it as it is with --reuse"
  make_machine
fi
carry_registry_settings
{
  echo "bare bookworm, $(git -C "$source" log -1 --format='commit %h of %cs'), $(nproc) cores, $(ls "$root/var/lib/dpkg/info" | grep -c '\.list$') packages before"
} | tee "$folder/report.txt"
# What README.md says to do before anything else.
step prepare 'apt-get update && apt-get install -y git'
git -C "$source" bundle create "$root/root/eddy.bundle" HEAD >/dev/null 2>&1
step clone 'cd /root && if [ -d eddy/build ]; then mv eddy/build build; fi && rm -rf eddy && git clone eddy.bundle eddy && if [ -d build ]; then mv build eddy/build; fi'
number=0
for command in "${commands[@]}"; do
  step "$((++number))" "cd /root/eddy && $command"
done
echo "bare_machine: everything passed; report: $folder/report.txt"
((!remove)) || rm -rf "$root"
