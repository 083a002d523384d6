#!/bin/sh
# Boots ting.service under a real systemd. probe.py then tests how it starts, crashes, restarts and stops.
#
#     sudo tests/service/boot.sh
#
# Run it by hand; `make test` does not. It needs root, systemd-nspawn (Debian: systemd-container), and
# /usr/bin/python3 3.11 or newer with venv. It creates a minimal root with the system's /usr, installs this tree
# there as docs/operations.md says, and boots it as a container. It removes everything at the end.
set -eu

repository=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d /var/tmp/ting-boot.XXXXXX)
# It becomes / of the container, so users other than root need access.
chmod 755 "$root"
made=
trap 'rm -rf "$root"; if [ "$made" ]; then rmdir /opt/ting; fi' EXIT
trap 'exit 130' INT TERM

# A minimal system. /usr is mounted read-only from the host.
mkdir -p "$root/usr" "$root/etc/systemd/system" "$root/etc/ting" "$root/var/lib" "$root/opt/ting" "$root/probe" "$root/tree"
for directory in bin sbin lib lib64; do
    ln -s "usr/$directory" "$root/$directory"
done
cp /etc/os-release "$root/etc/"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
cp -r /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d "$root/etc/"
# Symbolic links in /usr point here (for example BLAS in Debian).
cp -r /etc/alternatives "$root/etc/" 2>/dev/null || true

# Install Ting as an operator does. A mount namespace gives the venv its final path.
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

# The probe runs as a unit, and the container exits when it ends.
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
# A shorter watchdog interval, to save time.
cat >"$root/etc/systemd/system/ting.service.d/probe.conf" <<'UNIT'
[Service]
WatchdogSec=4
UNIT

status=0
# Use unified cgroups: with cgroups v1, a container is not notified when the last process of a unit ends.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout 200 systemd-nspawn --quiet --directory="$root" --bind-ro=/usr --private-network --register=no --keep-unit \
    --kill-signal=SIGRTMIN+3 --boot systemd.unit=probe.service systemd.log_level=warning \
    >"$root/console" 2>&1 </dev/null || status=$?
cat "$root/probe/report" || cat "$root/console"
if ! grep -q '^all passed$' "$root/probe/report"; then
    echo "--- console, status $status"
    cat "$root/console"
    exit 1
fi
