# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages, see `./dev deps`.
find_package(PkgConfig REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
# Its name from 0.8 on; the other one goes in 0.10.
set(ESPCAP_YAML_CPP yaml-cpp)
if(TARGET yaml-cpp::yaml-cpp)
  set(ESPCAP_YAML_CPP yaml-cpp::yaml-cpp)
endif()
find_package(CLI11 REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0)
pkg_check_modules(WIRESHARK REQUIRED IMPORTED_TARGET wireshark>=4.0)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(CAPNG REQUIRED IMPORTED_TARGET libcap-ng)
pkg_check_modules(MAXMINDDB REQUIRED IMPORTED_TARGET libmaxminddb)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka>=2.0)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_library(WIRETAP_LIBRARY wiretap REQUIRED)
find_library(WSUTIL_LIBRARY wsutil REQUIRED)
find_library(GCRYPT_LIBRARY gcrypt REQUIRED)

# One target for libwireshark, libwiretap and libwsutil: they share headers and are released as one.
add_library(espcap_wireshark INTERFACE)
target_include_directories(espcap_wireshark SYSTEM INTERFACE ${WIRESHARK_INCLUDE_DIRS}
                                                             ${GLIB_INCLUDE_DIRS})
target_link_libraries(espcap_wireshark INTERFACE PkgConfig::WIRESHARK ${WIRETAP_LIBRARY}
                                                 ${WSUTIL_LIBRARY} PkgConfig::GLIB)
include(EspcapWiresharkFeatures)
