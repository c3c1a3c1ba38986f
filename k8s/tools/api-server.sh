#!/bin/sh
# Builds a real Kubernetes API server and finds an etcd for it, once, into ${XDG_CACHE_HOME:-~/.cache}/batch-gpt/tools, and
# prints both paths. For `npm run prove -w @batch-gpt/k8s`; not a part of npm test: the build takes five minutes of two cores.
set -eu

version=v1.36.3
library=v0.36.3
folder=${XDG_CACHE_HOME:-${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache}/batch-gpt/tools
server=$folder/kube-apiserver-$version/kube-apiserver
mkdir -p "$folder"

say() { printf '%s\n' "$*" >&2; }

if [ ! -x "$server" ]; then
  say "building kube-apiserver $version"
  draft=$(mktemp -d "$folder/.kube-apiserver.XXXXXX")
  trap 'rm -rf "$draft"' EXIT
  export GOFLAGS=-mod=mod
  # Kubernetes' own module file points its libraries at folders that are not published with it.
  sources=$(go mod download -json "k8s.io/kubernetes@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  {
    printf 'module prove\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$version"
    sed -n 's/^[[:space:]]*\(k8s\.io\/[a-z-]*\) => \.\/staging.*/\1/p' "$sources/go.mod" |
      while read -r name; do printf '\t%s => %s %s\n' "$name" "$name" "$library"; done
    printf ')\n'
  } >"$draft/go.mod"
  printf 'package prove\n\nimport _ "k8s.io/kubernetes/cmd/kube-apiserver/app"\n' >"$draft/prove.go"
  # It says which version it is only when it is told, and the chart asks.
  names=k8s.io/component-base/version
  flags="-X $names.gitVersion=$version -X $names.gitMajor=1 -X $names.gitMinor=36"
  (cd "$draft" && go mod tidy -e >/dev/null 2>&1 && nice go build -p 2 -ldflags "$flags" -o kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver) >&2
  mkdir -p "${server%/*}"
  mv "$draft/kube-apiserver" "$server"
fi

etcd=$(command -v etcd || true)
if [ -z "$etcd" ]; then
  etcd=$folder/etcd-debian/usr/bin/etcd
  if [ ! -x "$etcd" ]; then
    say 'getting etcd from Debian'
    packages=$(mktemp -d "$folder/.etcd.XXXXXX")
    (cd "$packages" && apt-get download etcd-server >&2 && dpkg -x etcd-server_*.deb "$folder/etcd-debian")
    rm -rf "$packages"
  fi
fi
printf '%s\n%s\n' "$server" "$etcd"
