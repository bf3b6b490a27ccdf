#!/usr/bin/env bash
# Builds the native half of MovieQA.Tensors once per content: sources, libtorch and compiler decide the cache folder.
# Prints the path of the library. Usage: build.sh [--print-only]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compiler=${CXX:-g++}
libtorch=${MOVIEQA_LIBTORCH:-}

fail() { echo "MovieQA.Tensors: $1" >&2; exit 1; }

command -v "$compiler" >/dev/null || fail "no C++ compiler '$compiler'. Debian: apt install g++ libtorch-dev libopenblas0-pthread"
if [ -n "$libtorch" ]; then
  includes=("-I$libtorch/include" "-I$libtorch/include/torch/csrc/api/include")
  header=$libtorch/include/torch/version.h
  [ -f "$header" ] || header=$libtorch/include/torch/csrc/api/include/torch/version.h
  libraries=("-L$libtorch/lib" "-Wl,-rpath,$libtorch/lib")
  [ -f "$libtorch/lib/libtorch_cpu.so" ] || fail "MOVIEQA_LIBTORCH=$libtorch holds no lib/libtorch_cpu.so. Point it at an unpacked libtorch"
else
  includes=(-I/usr/include/torch/csrc/api/include)
  header=/usr/include/torch/csrc/api/include/torch/version.h
  libraries=()
fi
[ -f "$header" ] || fail "libtorch's headers were not found ($header). Debian: apt install libtorch-dev libopenblas0-pthread; or set MOVIEQA_LIBTORCH"

version=$(grep -hoE 'define TORCH_VERSION "[^"]+"' "$header" "$(dirname "$header")/version.h" 2>/dev/null | head -n 1 || true)
key=$( { cat "$here/movieqa_torch.cpp" "$here/build.sh"; echo "$libtorch $version"; "$compiler" --version | head -n 1; sha256sum "$header"; } | sha256sum | cut -c1-32)
cache=${MOVIEQA_NATIVE_CACHE:-$HOME/.cache/movieqa/native}/$key
library=$cache/libmovieqa_torch.so
if [ ! -f "$library" ]; then
  mkdir -p "$cache"
  made=$(mktemp "$cache/building.XXXXXX")
  echo "MovieQA.Tensors: building the native library against libtorch (about a minute, once)" >&2
  # Libtorch built with CUDA keeps its devices in a library that nothing references by symbol: it must be linked all the same.
  cuda=()
  [ -n "$libtorch" ] && [ -f "$libtorch/lib/libtorch_cuda.so" ] && cuda=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda)
  # Debian's libtorch uses the new C++ ABI; a downloaded one says which it was built with.
  abi=()
  config=$(grep -hoE '_GLIBCXX_USE_CXX11_ABI=[01]' "$libtorch/share/cmake/Torch/TorchConfig.cmake" 2>/dev/null | head -n 1 || true)
  [ -n "$config" ] && abi=("-D$config")
  "$compiler" -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -w "${abi[@]}" "${includes[@]}" "$here/movieqa_torch.cpp" -o "$made" \
    "${libraries[@]}" -ltorch -ltorch_cpu -lc10 "${cuda[@]}" || { rm -f "$made"; fail "the native library did not compile (see above)"; }
  chmod 755 "$made"
  mv -f "$made" "$library"
fi
echo "$library"
