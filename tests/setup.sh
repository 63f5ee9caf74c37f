#!/bin/sh
# Installs what some tests need beside a JDK. Safe to run again; without root it only says what is missing.
# A test whose program is absent skips itself and says so; with CI=true it fails.
set -eu

missing=
need() { # program, Debian package
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

# tests/crashes
need faketime faketime # a wall clock that jumps
need fiu-run fiu-utils # writes and fsyncs that fail
# tests/peers
need socat socat # bytes as they are
need mllp_send python3-hl7 # a sender we did not write
need openssl openssl # a judge of signatures we did not write
# tests/viewer
need chromium chromium # the doctor's browser

# mappings: the profiles of the International Patient Summary as HL7 publishes them; without them only R4's are held against it
cd "$(dirname "$0")"
ips=packages/hl7.fhir.uv.ips-2.0.0.tgz
if [ ! -s "$ips" ]; then
  mkdir -p packages
  (cd packages && timeout 120 npm pack --silent hl7.fhir.uv.ips@2.0.0) >/dev/null 2>&1 ||
    echo "无法取得 IPS 规范包，相关测试将跳过 / the IPS package cannot be had (npm), its tests will be skipped" >&2
fi

# tests/journeys: a FHIR client that we did not write; needs Node.js
if [ ! -d packages/fhir-kit-client/node_modules/fhir-kit-client ]; then
  mkdir -p packages/fhir-kit-client
  timeout 120 npm install --silent --no-audit --no-fund --ignore-scripts --prefix packages/fhir-kit-client fhir-kit-client@2.0.3 >/dev/null 2>&1 ||
    echo "无法取得 fhir-kit-client，相关测试将跳过 / fhir-kit-client cannot be had (npm), its test will be skipped" >&2
fi

# tests/viewer: the judge of what a keyboard or a screen reader meets
axe=packages/axe-core-4.14.1.js
if [ ! -s "$axe" ]; then
  mkdir -p packages
  (cd packages && timeout 120 npm pack --silent axe-core@4.14.1 && tar -xzOf axe-core-4.14.1.tgz package/axe.min.js >axe-core-4.14.1.js &&
    rm axe-core-4.14.1.tgz) >/dev/null 2>&1 ||
    echo "无法取得 axe-core，相关测试将跳过 / axe-core cannot be had (npm), its tests will be skipped" >&2
fi

if [ -z "$missing" ]; then
  echo '测试所需程序均已安装 / everything the tests need is there'
  exit 0
fi
without='相关测试将跳过' skipped='their tests will be skipped'
if [ "${CI:-}" = true ]; then
  without='相关测试将失败' skipped='their tests will fail'
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq || true
  for package in $missing; do
    apt-get install -y --no-install-recommends "$package" ||
      echo "无法安装，${without} / cannot be installed, $skipped: $package" >&2
  done
else
  echo "缺少以下软件包，$without / missing packages, $skipped:$missing" >&2
  echo "  apt-get install --no-install-recommends$missing" >&2
fi
