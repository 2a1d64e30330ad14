# Sourced. Packages of any Debian suite, without touching the system's own sources: apt downloads them from the mirror
# that this machine is already set up for and checks their signatures, on a state of its own. Needs no root.
#
# The caller defines `die`. DEBIAN_MIRROR names the mirror to use instead of apt's own.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Where apt is set up to take packages from, one a line. Not all of these need be mirrors of Debian: the signature tells.
debian_mirrors() {
  if [ -n "${DEBIAN_MIRROR:-}" ]; then
    echo "$DEBIAN_MIRROR"
  else
    apt-get update --print-uris | sed -nE "s|^'(.*)/dists/.*|\1|p" | awk '!seen[$0]++'
  fi
}

# debian_archive WORK SUITE TYPE...: makes apt-get, for the rest of this process, read SUITE into the folder WORK; TYPE is
# deb or deb-src. Of the machine's settings it keeps those for downloading (proxies, say).
debian_archive() {
  local work=$1 suite=$2 candidates uri
  shift 2
  [ -r "$keyring" ] || die "needs $keyring: apt-get install debian-archive-keyring"
  candidates=$(debian_mirrors)
  mkdir -p "$work"/apt/{lists/partial,cache/archives/partial}
  : >"$work/apt/status"
  {
    apt-config dump | grep '^Acquire::'
    cat <<CONF
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
APT::Update::Error-Mode "any";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$work/apt";
Dir::State::lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt/cache";
CONF
    [ "$(id -u)" != 0 ] || echo 'APT::Sandbox::User "root";'
  } >"$work/apt/apt.conf"

  export APT_CONFIG=$work/apt/apt.conf
  for uri in $candidates; do
    printf "%s [signed-by=$keyring] $uri $suite main\n" "$@" >"$work/apt/sources.list"
    if apt-get update -qq >>"$work/apt/log" 2>&1; then
      return
    fi
  done
  [ ! -e "$work/apt/log" ] || cat "$work/apt/log" >&2
  die "no mirror that apt is set up for has Debian $suite: set DEBIAN_MIRROR to one that does"
}
