# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The steps of matrix.sh.

# The chroot that the step runs in, mounted.
prepare() {
    if [ "$step" = install ]; then
        root=$cache/$release.bare
        # Certificates: for apt, where its source needs them.
        make_chroot "$root" ca-certificates
        write_nothing
    else
        make_chroot "$root" "${packages[@]}"
    fi
    mount_all
}

# Of what decides how espcap behaves there: name and version, a line each. What isn't there is left out.
versions() {
    [ "$step" != install ] || dpkg-deb -W "$package"/espcap_*.deb
    in_chroot dpkg-query -W -f '${db:Status-Abbrev}${Package}\t${Version}\n' 'libwireshark[0-9]*' tshark \
        'libpcap0.8*' 'libcurl4*' libc6 systemd g++ debhelper 2>/dev/null | sed -n 's/^ii *//p'
}

# Without precompiled headers: some warnings are only asked for so.
build_step() {
    in_chroot cmake --preset release -S /espcap -B /espcap-build --log-level=WARNING \
        -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
    in_chroot cmake --build /espcap-build
}

# Every capture, in every way of reading it; also those of the folder $ESPCAP_CAPTURES. The program is
# installed first: libwireshark looks for its data (names of addresses) where the program lies.
smoke_step() {
    local captures=()
    build_step
    in_chroot cmake --install /espcap-build --prefix /usr >/dev/null
    [ -z "${ESPCAP_CAPTURES:-}" ] ||
        captures=(ESPCAP_CAPTURES=/espcap-captures ESPCAP_FULL="${ESPCAP_FULL:-}")
    in_chroot ESPCAP=/usr/bin/espcap "${captures[@]}" python3 -m pytest -p no:cacheprovider -q \
        /espcap/tests/integration/test_referee.py
}

package_step() {
    local tarball
    rm -rf "${package:?}"/*
    tarball=$("$tree/packaging/source.sh" "$package")
    in_chroot DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-}" /espcap/packaging/deb.sh \
        "/espcap-package/$(basename "$tarball")" /espcap-package
    (cd "$package" && sha256sum ./*.tar.gz ./*.deb)
}

install_step() {
    ls "$package"/espcap_*.deb >/dev/null 2>&1 || package_first
    in_chroot bash /espcap/tests/matrix/install.sh "/espcap-package/$(basename "$package"/espcap_*.deb)"
}

package_first() {
    echo "no package of Debian $release yet: making it"
    (root=$cache/$release && make_chroot "$root" "${packages[@]}" && mount_all && package_step)
}

# A clone: tests write into their tree. It has a build folder of its own; the compiler cache makes that cheap.
test_step() {
    local clone=$cache/$release.clone captures=()
    rm -rf "$clone"
    git clone --quiet "$tree" "$clone"
    bind "$clone" espcap
    [ -z "${ESPCAP_CAPTURES:-}" ] || captures=(ESPCAP_CAPTURES=/espcap-captures)
    mount -t sysfs sysfs "$root/sys"
    in_chroot "${captures[@]}" /espcap/dev test
}
