#!/bin/sh
# Says where promtool is: the one on the path, or one from Debian's package of Prometheus, unpacked once into
# ${XDG_CACHE_HOME:-~/.cache}/batch-gpt/tools without installing the server. Exit code 1 where there is neither.
set -u

if command -v promtool; then exit 0; fi

folder=${XDG_CACHE_HOME:-${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache}/batch-gpt/tools/promtool
promtool=$folder/usr/bin/promtool
if [ ! -x "$promtool" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || exit 1
  fresh=$folder.$$
  mkdir -p "$fresh" && cd "$fresh" || exit 1
  # Lists of packages may be missing or old on a fresh machine, and only root may renew them.
  apt-get download prometheus >/dev/null 2>&1 ||
    { apt-get update >/dev/null 2>&1; apt-get download prometheus >/dev/null 2>&1; } ||
    { rm -rf "$fresh"; exit 1; }
  dpkg-deb -x prometheus_*.deb . && rm -f prometheus_*.deb && cd / && mv "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
fi
[ -x "$promtool" ] && "$promtool" --version >/dev/null 2>&1 && echo "$promtool"
