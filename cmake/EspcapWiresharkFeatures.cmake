# SPDX-License-Identifier: GPL-2.0-or-later
# What libwireshark's headers have differs between 4.0 and 4.6. Each difference is tried here, and
# becomes a macro that source/wireshark_api.h asks for; no version number is.
include(CheckCXXSourceCompiles)
include(CheckLibraryExists)
include(CMakePushCheckState)

# ESPCAP_WIRESHARK_NAME is true where the statement compiles.
function(espcap_wireshark_try name statement)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_INCLUDES ${WIRESHARK_INCLUDE_DIRS} ${GLIB_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_QUIET ON)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  check_cxx_source_compiles(
    "#include <wireshark.h>
     #include <epan/addr_resolv.h>
     #include <epan/disabled_protos.h>
     #include <epan/epan.h>
     #include <epan/epan_dissect.h>
     #include <epan/dfilter/dfilter.h>
     #include <epan/ftypes/ftypes.h>
     #include <epan/proto.h>
     #include <wiretap/wtap.h>
     #include <wsutil/filesystem.h>
     #include <wsutil/report_message.h>
     #include <wsutil/wslog.h>
     void Try(field_info& field, wtap_rec& record, wtap_optval_t& option,
              packet_provider_funcs& provider, report_message_routines& reports,
              packet_info& packet) {
       (void)field; (void)record; (void)option; (void)provider; (void)reports; (void)packet;
       ${statement};
     }"
    ESPCAP_WIRESHARK_${name})
  cmake_pop_check_state()
endfunction()

# Our code sees ESPCAP_WIRESHARK_NAME where the statement compiles.
function(espcap_wireshark_feature name statement)
  espcap_wireshark_try(${name} "${statement}")
  if(ESPCAP_WIRESHARK_${name})
    target_compile_definitions(espcap_wireshark INTERFACE ESPCAP_WIRESHARK_${name})
  endif()
endfunction()

# Should the headers themselves not compile, every feature would look missing.
espcap_wireshark_try(HEADERS "")
if(NOT ESPCAP_WIRESHARK_HEADERS)
  message(FATAL_ERROR "libwireshark: its headers don't compile; see CMakeError.log or "
                      "CMakeConfigureLog.yaml in the build folder")
endif()

# Libraries that prime dissections for postdissectors on their own don't offer it.
set(CMAKE_REQUIRED_QUIET ON)
check_library_exists(wireshark prime_epan_dissect_with_postdissector_wanted_hfids
                     "${WIRESHARK_LIBRARY_DIRS}" ESPCAP_WIRESHARK_OFFERS_PRIMING)
if(NOT ESPCAP_WIRESHARK_OFFERS_PRIMING)
  target_compile_definitions(espcap_wireshark
                             INTERFACE ESPCAP_WIRESHARK_PRIMES_FOR_POSTDISSECTORS)
endif()

# A field's value has its own allocation, and is read by functions.
espcap_wireshark_feature(FVALUE_IS_POINTER "fvalue_get_uinteger64(field.value)")
espcap_wireshark_feature(FVALUE_HAS_IPV4 "fvalue_get_ipv4(field.value)")
espcap_wireshark_feature(HAS_EK_TEXT "(void)FTREPR_EK")
# Interfaces are numbered within their section of a pcapng file.
espcap_wireshark_feature(INTERFACES_HAVE_SECTIONS "provider.get_interface_name(nullptr, 0U, 0U)")
# Records hold their bytes; functions that had a buffer or tvbuff too have the record alone.
espcap_wireshark_feature(RECORD_HOLDS_BYTES "record.data = Buffer{}")
espcap_wireshark_feature(RECORD_HAS_TYPE_NAME "record.rec_type_name = nullptr")
espcap_wireshark_feature(RECORD_HAS_CAPTURE_TIME "record.ts_rel_cap_valid = true")
espcap_wireshark_feature(SYSCALL_HAS_DATA_LENGTH
                         "record.rec_header.syscall_header.event_data_len = 0U")
# Custom options of packets are texts or bytes, rather than one type for all.
espcap_wireshark_feature(CUSTOM_OPTIONS_ARE_SPLIT "option.custom_binaryval.pen = 0")
espcap_wireshark_feature(HASH_OPTION_IS_TYPED "option.packet_hash.type = 0")
# Names of addresses are static entries, or not.
espcap_wireshark_feature(NAMES_CAN_BE_STATIC "add_ipv4_name(0U, nullptr, false)")
# A display filter's fault has a place.
espcap_wireshark_feature(FILTER_ERROR_HAS_PLACE
                         "df_error_t* error = nullptr; dfilter_compile(nullptr, nullptr, &error)")
# Columns of the packet list are fields, which a display filter may read.
espcap_wireshark_feature(COLUMNS_ARE_FIELDS "(void)dfilter_requires_columns(nullptr)")
# The name of the program's family isn't asked for at the start.
espcap_wireshark_feature(START_WITHOUT_NAMES "configuration_init(nullptr)")
espcap_wireshark_feature(LOG_HAS_MANIFEST "ws_log_manifest_t* manifest; (void)manifest")
# What a frame was reassembled from is kept with the frame, as a set.
espcap_wireshark_feature(FRAME_HAS_DEPENDENCIES "packet.fd->dependent_frames = nullptr")
# A heuristic dissector is disabled by a function of its own.
espcap_wireshark_feature(HEURISTICS_ARE_DISABLED_APART
                         "proto_disable_heuristic_by_name(nullptr)")
espcap_wireshark_feature(REPORTS_RENAMES "reports.report_rename_failure = nullptr")
