#!/bin/sh
# Boots ting.service under a real systemd and watches it start, crash, restart and stop (probe.py does).
#
#     sudo tests/service/boot.sh
#
# Run by hand and not by `make test`: it needs root, systemd-nspawn (Debian: systemd-container), and a
# /usr/bin/python3 of 3.11 or newer with venv. It makes a tiny root with the system's /usr, installs this tree
# there as docs/operations.md says, and boots it as a container. Nothing is left behind.
set -eu

repository=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d /var/tmp/ting-boot.XXXXXX)
# It becomes the / of the container, which users other than root must be able to enter.
chmod 755 "$root"
made=
trap 'rm -rf "$root"; if [ "$made" ]; then rmdir /opt/ting; fi' EXIT
trap 'exit 130' INT TERM

# A system: /usr comes from outside, read-only.
mkdir -p "$root/usr" "$root/etc/systemd/system" "$root/etc/ting" "$root/var/lib" "$root/opt/ting" "$root/probe" "$root/tree"
for directory in bin sbin lib lib64; do
    ln -s "usr/$directory" "$root/$directory"
done
cp /etc/os-release "$root/etc/"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
cp -r /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d "$root/etc/"
# Symbolic links of /usr lead here (the BLAS of a distribution, for one).
cp -r /etc/alternatives "$root/etc/" 2>/dev/null || true

# Ting, as an operator installs it. In a mount namespace of its own, since a venv knows its path.
tar -C "$repository" --exclude=.git --exclude=.venv --exclude=node_modules --exclude=build --exclude='*.egg-info' -cf - . |
    tar -C "$root/tree" -xf -
if [ ! -d /opt/ting ]; then
    mkdir -p /opt/ting
    made=yes
fi
unshare --mount sh -eu -c '
    mount --bind "$1/opt/ting" /opt/ting
    /usr/bin/python3 -m venv /opt/ting
    /opt/ting/bin/pip install --quiet --disable-pip-version-check "$1/tree[embedded]"
' sh "$root"
cp "$repository/ting.service" "$root/etc/systemd/system/"
rm -rf "$root/tree"

# What watches: it runs as a unit, and the container ends with it.
cp "$repository/tests/service/probe.py" "$root/probe/"
cat >"$root/etc/systemd/system/probe.service" <<'UNIT'
[Unit]
DefaultDependencies=no
Requires=systemd-journald.service
After=systemd-journald.service
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/opt/ting/bin/python -u /probe/probe.py
StandardOutput=append:/probe/report
StandardError=append:/probe/report
UNIT
mkdir "$root/etc/systemd/system/ting.service.d"
# A quicker watchdog.
cat >"$root/etc/systemd/system/ting.service.d/probe.conf" <<'UNIT'
[Service]
WatchdogSec=4
UNIT

status=0
# The unified cgroups: with the old ones, a container is not told when the last process of a unit is gone.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout 200 systemd-nspawn --quiet --directory="$root" --bind-ro=/usr --private-network --register=no --keep-unit \
    --kill-signal=SIGRTMIN+3 --boot systemd.unit=probe.service systemd.log_level=warning \
    >"$root/console" 2>&1 </dev/null || status=$?
cat "$root/probe/report" || cat "$root/console"
if ! grep -q '^all seen$' "$root/probe/report"; then
    echo "--- console, status $status"
    cat "$root/console"
    exit 1
fi
