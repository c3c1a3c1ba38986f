#!/bin/sh
# Installs what the chart's checks need, pinned, once for each version, into ${XDG_CACHE_HOME:-~/.cache}/batch-gpt/tools:
#   k8s/tools/install.sh          builds what is missing; exit code 1 when something cannot be had
#   k8s/tools/install.sh --list   builds nothing, prints a line "name path" for each part that is there
# Needs Go, and nothing but Go's own module downloads. About two minutes the first time, nothing afterwards.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=${XDG_CACHE_HOME:-${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache}/batch-gpt/tools

tools='
helm         v4.2.4   helm.sh/helm/v4/cmd/helm
kubeconform  v0.8.0   github.com/yannh/kubeconform/cmd/kubeconform
kube-score   v1.20.0  github.com/zegl/kube-score/cmd/kube-score
helm-docs    v1.14.2  github.com/norwoodj/helm-docs/cmd/helm-docs
'

# The form that the schemas are written in: another one is another folder.
schemas_form=3

# Modules that hold the schemas: Kubernetes' own, and of the custom resources that the chart can render.
modules='
k8s.io/kubernetes                                   v1.36.3
sigs.k8s.io/gateway-api                             v1.6.3
github.com/prometheus-operator/prometheus-operator  v0.85.0
github.com/kedacore/keda/v2                         v2.21.0
'
schemas=$folder/kubernetes-schemas-$(printf '%s' "$schemas_form$modules" | cksum | cut -d ' ' -f 1)

say() { printf '%s\n' "$*"; }

list_tool() {
  [ ! -x "$folder/$1-$2/$1" ] || say "$1 $folder/$1-$2/$1"
}

install_tool() {
  name=$1 version=$2 package=$3
  target=$folder/$name-$version
  [ -x "$target/$name" ] && return 0
  say "building $name $version"
  # Built beside its place and moved in whole, so that an interrupted build is not taken for a finished one.
  fresh=$folder/.$name-$version.$$
  # Two compilers at a time: the machine has other things to do.
  if GOBIN=$fresh GOFLAGS='-buildvcs=false -trimpath' nice go install -p 2 "$package@$version" && mv "$fresh" "$target"; then
    return 0
  fi
  rm -rf "$fresh"
  say "ATTENTION: $name $version cannot be had"
  return 1
}

install_schemas() {
  [ -d "$schemas" ] && return 0
  say 'writing schemas of Kubernetes and of custom resources'
  fresh=$folder/.schemas.$$
  mkdir -p "$fresh"
  list=$(printf '%s\n' "$modules" | awk 'NF { print $1 "@" $2 }')
  # One word for each module.
  # shellcheck disable=SC2086
  if GOFLAGS='' go mod download -json $list >"$fresh/modules.jsonl" &&
    node "$here/../src/schemas/write-schemas.ts" "$fresh/modules.jsonl" "$fresh" && mv "$fresh" "$schemas"; then
    return 0
  fi
  rm -rf "$fresh"
  say 'ATTENTION: the schemas cannot be had'
  return 1
}

# Runs a command with name, version and package of each tool; 1 when one of them failed.
each_tool() {
  outcome=0
  while read -r name version package; do
    [ -z "$name" ] || "$1" "$name" "$version" "$package" || outcome=1
  done <<END
$tools
END
  return $outcome
}

if [ "${1:-}" = --list ]; then
  each_tool list_tool
  [ ! -d "$schemas" ] || say "schemas $schemas"
  exit 0
fi
if ! command -v go >/dev/null 2>&1; then
  say 'ATTENTION: no Go on this machine'
  exit 1
fi
mkdir -p "$folder"
each_tool install_tool
built=$?
install_schemas && exit $built
exit 1
