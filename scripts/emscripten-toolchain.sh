#!/usr/bin/env bash
# Provides Emscripten: prints, for eval, the environment that makes it usable.
#
#   env=$(emscripten-toolchain.sh PREFIX) && eval "$env"
#
# An emcc of at least version $required is taken from PATH or from $EMSDK.
# Otherwise a pinned one is installed under PREFIX, once, out of Debian's
# package archive. apt downloads the packages from the mirror this machine is
# already set up for and checks their signatures; they are unpacked under PREFIX
# with a C library of their own, so the system stays as it is and root is not
# needed. PREFIX gets the layout of an emsdk folder and cannot be moved.
#
#   --pinned        ignore any emcc that is already there
#   DEBIAN_MIRROR   the Debian mirror to use instead of apt's own
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/debian-archive.sh"

required=3.1.69

# The release to take the packages from: stable, so that what is pinned stays
# there. Its own libraries, below, are not pinned: they get security updates.
suite=trixie
llvm=19
pinned=(
  'emscripten=3.1.69*'
  'binaryen=120-*'
  'node-acorn=8.8.1*'
  "clang-$llvm=1:19.1.7*"
  "lld-$llvm=1:19.1.7*"
  "llvm-$llvm=1:19.1.7*"
  "libclang-common-$llvm-dev=1:19.1.7*"
  "libclang-cpp$llvm=1:19.1.7*"
  "libllvm$llvm=1:19.1.7*"
)
libraries=(
  libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 libz3-4 libedit2 libffi8 libxml2
  liblzma5 libtinfo6 libbsd0 libmd0
)
tools=(
  clang clang++ lld wasm-ld
  llvm-{addr2line,ar,cov,cxxfilt,dwarfdump,dwp,nm,objcopy,objdump,profdata,ranlib,readobj,size,strings,strip,symbolizer}
)

# Part of what says that an installation is this script's: raise it when the
# layout changes.
layout=1

log() { printf 'emscripten-toolchain: %s\n' "$*" >&2; }

die() {
  log "$@"
  exit 1
}

use_emsdk_instead() {
  die "$1
  Install Emscripten $required or newer with emsdk (https://emscripten.org), then
  'source emsdk_env.sh', or put its emcc on PATH, and run this again."
}

# recent_enough EMCC: whether it runs and is of the required version or newer
recent_enough() {
  local text
  text=$("$1" --version 2>/dev/null) || return 1
  [[ $text =~ [0-9]+\.[0-9]+\.[0-9]+ ]] || return 1
  printf '%s\n' "$required" "${BASH_REMATCH[0]}" | sort -V -C
}

# print_environment EMSCRIPTEN_FOLDER [EMSDK_FOLDER]
print_environment() {
  printf 'export PATH=%q:"$PATH"\n' "$1"
  printf 'export EMSCRIPTEN_CMAKE_TOOLCHAIN=%q\n' "$1/cmake/Modules/Platform/Emscripten.cmake"
  [ -z "${2:-}" ] || printf 'export EMSDK=%q\nexport EM_CONFIG=%q\n' "$2" "$2/.emscripten"
}

use_existing() {
  local root
  if [ -n "${EMSDK:-}" ] && recent_enough "$EMSDK/upstream/emscripten/emcc"; then
    log "using \$EMSDK, $EMSDK"
    print_environment "$EMSDK/upstream/emscripten" "$EMSDK"
  elif recent_enough emcc && root=$(em-config EMSCRIPTEN_ROOT); then
    log "using $(command -v emcc)"
    print_environment "$root"
  else
    return 1
  fi
}

check_host() {
  local os_id='' tool
  [ ! -r /etc/os-release ] || os_id=$(. /etc/os-release && echo "${ID:-}")
  [ "$os_id" = debian ] || use_emsdk_instead "no Emscripten is here, and this is not Debian."
  case $(dpkg --print-architecture) in
    amd64 | arm64) ;;
    *) use_emsdk_instead "no Emscripten is here, and this is neither amd64 nor arm64." ;;
  esac
  for tool in python3 node; do
    command -v "$tool" >/dev/null || die "needs $tool: apt-get install python3 nodejs"
  done
}

# download WORK: puts the packages into WORK/debs
download() {
  local work=$1
  mkdir -p "$work/debs"
  debian_archive "$work" "$suite" deb
  (cd "$work/debs" && apt-get download -qq "${pinned[@]}" "${libraries[@]}" patchelf >&2) ||
    die "Debian $suite no longer has these versions: this script's pins need an update"
}

# unpack WORK PREFIX: lays the packages out under PREFIX as emsdk does
unpack() {
  local work=$1 upstream=$2/upstream root=$1/root deb libs
  mkdir -p "$root" "$upstream"/{bin,lib/clang,emscripten/node_modules}

  # Emscripten brings its system libraries compiled, 1.6 GB in all variants. Keep
  # the plain ones and those for LTO; emcc builds the others when it needs them.
  dpkg-deb --fsys-tarfile "$work"/debs/emscripten_*.deb |
    tar -x -C "$upstream/emscripten" --strip-components=4 \
      --exclude='*/cache/sysroot/lib/*/pic' --exclude='*/cache/sysroot/lib/*/lto-pic' \
      --exclude='*/cache/sysroot/lib/*-mt[-.]*' --exclude='*/cache/sysroot/lib/*-ww[-.]*' \
      --exclude='*/cache/sysroot/lib/*asan*' --exclude='*/cache/sysroot/lib/*lsan*' \
      --exclude='*/cache/sysroot/lib/*ubsan*' --exclude='*/cache/sysroot/lib/*sanitizer*' \
      --exclude=./usr/share/emscripten/test ./usr/share/emscripten
  rm -f "$upstream/emscripten/.emscripten"

  for deb in "$work"/debs/*.deb; do
    case $deb in */emscripten_*) continue ;; esac
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root"
  done
  libs=$(dirname "$root"/usr/lib/*/libc.so.6)
  cp -a "$libs"/*.so* "$upstream/lib/"
  cp -a "$root/usr/lib/llvm-$llvm/lib/clang/$llvm" "$upstream/lib/clang/"
  cp -a "${tools[@]/#/$root/usr/lib/llvm-$llvm/bin/}" "$upstream/bin/"
  find "$root/usr/bin" -name 'wasm*' -type f -exec cp -t "$upstream/bin" {} +
  cp -rL "$root/usr/share/nodejs/acorn" "$upstream/emscripten/node_modules/"

  set_loader "$upstream" "$libs" "$root/usr/bin/patchelf"

  cat >"$2/.emscripten" <<CONFIG
import os, shutil
_upstream = '$upstream'
LLVM_ROOT = _upstream + '/bin'
BINARYEN_ROOT = _upstream
NODE_JS = os.environ.get('EMSDK_NODE') or shutil.which('node')
CACHE = _upstream + '/emscripten/cache'
FROZEN_CACHE = 'EM_CACHE' not in os.environ and not os.access(CACHE, os.W_OK)
CLOSURE_COMPILER = shutil.which('google-closure-compiler')
CONFIG
  (cd "$work/debs" && sha256sum -- *.deb) >"$2/packages.sha256"
}

# set_loader UPSTREAM LIBS PATCHELF: has the programs run on the C library that
# they came with, whatever the system's is or LD_LIBRARY_PATH says
set_loader() {
  local upstream=$1 libs=$2 patchelf=$3 loader file
  loader=$(basename "$libs"/ld-linux*.so.*)
  patch() { "$libs/$loader" --library-path "$libs" "$patchelf" "$@"; }
  for file in "$upstream"/bin/*; do
    [ -L "$file" ] ||
      patch --set-interpreter "$upstream/lib/$loader" --force-rpath --set-rpath '$ORIGIN/../lib' "$file"
  done
  for file in "$upstream"/lib/*.so*; do
    [ -L "$file" ] || [ -z "$(patch --print-rpath "$file")" ] ||
      patch --force-rpath --set-rpath '$ORIGIN' "$file"
  done
}

# try_out PREFIX WORK: compiles, links and runs a module
try_out() {
  local work=$2
  cat >"$work/try.cpp" <<'CPP'
#include <emscripten/bind.h>
#include <string>
std::string greet(const std::string& name) { return "hello, " + name; }
EMSCRIPTEN_BINDINGS(try_out) { emscripten::function("greet", &greet); }
CPP
  (
    eval "$(print_environment "$1/upstream/emscripten" "$1")"
    em++ -std=c++20 -Oz -flto -fno-exceptions -sMODULARIZE -sEXPORT_ES6 -lembind \
      "$work/try.cpp" -o "$work/try.mjs" >"$work/try.log" 2>&1 &&
      node --input-type=module -e "
        const { default: create } = await import('$work/try.mjs');
        if ((await create()).greet('you') !== 'hello, you') process.exit(1);
      " >>"$work/try.log" 2>&1
  ) || {
    cat "$work/try.log" >&2
    die "what was installed in $1 does not work"
  }
}

main() {
  local force=
  if [ "${1:-}" = --pinned ]; then
    force=1
    shift
  fi
  case $#:${1:-} in
    1:[!-]*) ;;
    *) die "usage: emscripten-toolchain.sh [--pinned] PREFIX" ;;
  esac
  if [ -z "$force" ] && use_existing; then
    return
  fi

  local prefix spec state
  prefix=$(realpath -m -- "$1")
  case $prefix in *[!A-Za-z0-9/._+@-]*) die "PREFIX must be a plain path, without spaces: $prefix" ;; esac
  spec="layout $layout, $suite: ${pinned[*]}"
  state=$prefix/.emscripten-toolchain

  if [ "$(cat "$state" 2>/dev/null)" != "$spec" ]; then
    check_host
    mkdir -p "$prefix"
    exec 9<"$prefix"
    flock 9
  fi
  # Another run may have installed it while this one waited.
  if [ "$(cat "$state" 2>/dev/null)" != "$spec" ]; then
    [ -e "$state" ] || [ -z "$(ls -A "$prefix")" ] || die "$prefix is neither empty nor an installation of this script"
    find "$prefix" -mindepth 1 -delete
    echo incomplete >"$state"
    local work=$prefix/.work
    log "installing Emscripten from Debian $suite into $prefix (0.3 GB to download)"
    download "$work"
    unpack "$work" "$prefix"
    try_out "$prefix" "$work"
    rm -rf "$work"
    echo "$spec" >"$state"
  fi
  print_environment "$prefix/upstream/emscripten" "$prefix"
}

main "$@"
