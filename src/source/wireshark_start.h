// SPDX-License-Identifier: GPL-2.0-or-later
//
// How the libraries are started, report, and are told names, where releases differ. Part of
// wireshark_api.h.
#ifndef ESPCAP_SOURCE_WIRESHARK_START_H_
#define ESPCAP_SOURCE_WIRESHARK_START_H_

#include "source/wireshark_headers.h"

namespace espcap::wireshark {

// Finds the program's own place. Returns a message where that fails, else null.
inline GString InitConfiguration(const char* program_path) {
#ifdef ESPCAP_WIRESHARK_START_WITHOUT_NAMES
  return GString(configuration_init(program_path));
#else
  return GString(configuration_init(program_path, nullptr));
#endif
}
// libwireshark's own messages, from warnings up, go to `Write`.
template <void (*Write)(const char* format, va_list arguments)>
void InitLog([[maybe_unused]] const char* program_name,
             void (*command_line_error)(const char*, va_list)) {
#ifdef ESPCAP_WIRESHARK_LOG_HAS_MANIFEST
  const auto writer = [](const char* /*domain*/, ws_log_level /*level*/, const char* /*file*/,
                         long /*line*/, const char* /*function*/, const char* /*fatal*/,
                         ws_log_manifest_t* /*manifest*/, const char* format, va_list arguments,
                         void* /*user_data*/) { Write(format, arguments); };
#else
  const auto writer = [](const char* /*domain*/, ws_log_level /*level*/, timespec /*time*/,
                         const char* /*file*/, long /*line*/, const char* /*function*/,
                         const char* format, va_list arguments,
                         void* /*user_data*/) { Write(format, arguments); };
#endif
#ifdef ESPCAP_WIRESHARK_START_WITHOUT_NAMES
  ws_log_init_with_writer(writer, command_line_error);
#else
  ws_log_init_with_writer(program_name, writer, command_line_error);
#endif
}

// Functions that libwsutil reports with. Those for files get the wiretap error, and its text where
// there is one (to be freed).
template <void (*Failure)(const char* format, va_list), void (*Open)(const char* file, int error),
          void (*Read)(const char* file, int error), void (*Write)(const char* file, int error),
          void (*OpenCapture)(const char* file, int error, char* info),
          void (*ReadCapture)(const char* file, int error, char* info)>
report_message_routines ReportRoutines() {
  report_message_routines routines{};
  routines.vreport_failure = Failure;
  routines.vreport_warning = Failure;
  routines.report_open_failure = [](const char* file, int error, auto /*for_writing*/) {
    Open(file, error);
  };
  routines.report_read_failure = Read;
  routines.report_write_failure = Write;
#ifdef ESPCAP_WIRESHARK_REPORTS_RENAMES
  routines.report_rename_failure = [](const char* /*from*/, const char* to, int error) {
    Write(to, error);
  };
#endif
  routines.report_cfile_open_failure = OpenCapture;
  routines.report_cfile_dump_open_failure = [](const char* file, int error, char* info,
                                               int /*file_type*/) {
    OpenCapture(file, error, info);
  };
  routines.report_cfile_read_failure = ReadCapture;
  routines.report_cfile_write_failure = [](const char* /*in*/, const char* out, int error,
                                           char* info, auto /*frame*/,
                                           int /*file_type*/) { OpenCapture(out, error, info); };
  routines.report_cfile_close_failure = ReadCapture;
  return routines;
}

// Compiles a display filter. Returns what is wrong with it, or an empty text.
inline std::string CompileFilter(const char* expression, dfilter_t** filter) {
  constexpr const char* kNoMessage = "not a display filter";
#ifdef ESPCAP_WIRESHARK_FILTER_ERROR_HAS_PLACE
  df_error_t* error = nullptr;
  if (dfilter_compile(expression, filter, &error)) return {};
  std::string message = error == nullptr || error->msg == nullptr ? kNoMessage : error->msg;
  df_error_free(&error);
  return message;
#else
  char* raw_message = nullptr;
  const bool compiled = dfilter_compile(expression, filter, &raw_message) != FALSE;
  const GString message(raw_message);
  if (compiled) return {};
  return message == nullptr ? kNoMessage : message.get();
#endif
}

// Whether a display filter reads columns of the packet list, which are fields in later releases.
inline bool ReadsColumns([[maybe_unused]] const dfilter_t* filter) {
#ifdef ESPCAP_WIRESHARK_COLUMNS_ARE_FIELDS
  return dfilter_requires_columns(filter);
#else
  return false;
#endif
}
// The field that the column's text is added to a tree as. Null: none. A template, since some
// releases have no such member.
template <typename ColumnInfo>
void SetColumnField(ColumnInfo& info, size_t column, const char* field) {
  if constexpr (requires { info.columns[column].hf_id; }) {
    info.columns[column].hf_id = field == nullptr ? -1 : proto_registrar_get_id_byname(field);
  }
}

// Names that a capture says.
inline void AddIpv4Name(uint32_t address, const char* name) {
#ifdef ESPCAP_WIRESHARK_NAMES_CAN_BE_STATIC
  add_ipv4_name(address, name, false);
#else
  add_ipv4_name(address, name);
#endif
}
inline void AddIpv6Name(const ws_in6_addr& address, const char* name) {
#ifdef ESPCAP_WIRESHARK_NAMES_CAN_BE_STATIC
  add_ipv6_name(&address, name, false);
#else
  add_ipv6_name(&address, name);
#endif
}
// Who is told them as reading comes across them. wiretap's callbacks have no context.
template <void (*Ipv4Name)(uint32_t address, const char* name),
          void (*Ipv6Name)(const ws_in6_addr& address, const char* name)>
void SetNameCallbacks(wtap* handle) {
  wtap_set_cb_new_ipv4(
      handle, [](auto ipv4, const char* name, auto... /*is_static*/) { Ipv4Name(ipv4, name); });
  wtap_set_cb_new_ipv6(handle, [](auto* ipv6, const char* name, auto... /*is_static*/) {
    Ipv6Name(*static_cast<const ws_in6_addr*>(ipv6), name);
  });
}

// Whether dissection asks name servers (-N N, or a preference).
inline bool AsksNameServers() {
  return gbl_resolv_flags.network_name != FALSE &&
         gbl_resolv_flags.use_external_net_name_resolver != FALSE;
}

// The first interface of a section, as the capture's interfaces are counted.
inline uint32_t FirstInterface([[maybe_unused]] wtap* handle, [[maybe_unused]] uint32_t section) {
#ifdef ESPCAP_WIRESHARK_INTERFACES_HAVE_SECTIONS
  return wtap_file_get_shb_global_interface_id(handle, section, 0);
#else
  return 0;
#endif
}

// Frame facts that only the reader of the capture knows; a session calls these back. `id` of an
// interface is within the record's section, which is 0 where libwireshark doesn't tell sections
// apart.
template <const nstime_t* (*FrameTime)(packet_provider_data*, uint32_t number),
          const char* (*InterfaceName)(packet_provider_data*, uint32_t id, uint32_t section),
          const char* (*InterfaceDescription)(packet_provider_data*, uint32_t id, uint32_t section),
          wtap_block_t (*ModifiedBlock)(packet_provider_data*, const frame_data*)>
packet_provider_funcs ProviderFunctions() {
  packet_provider_funcs functions{};
  functions.get_frame_ts = FrameTime;
#ifdef ESPCAP_WIRESHARK_INTERFACES_HAVE_SECTIONS
  functions.get_interface_name = InterfaceName;
  functions.get_interface_description = InterfaceDescription;
#else
  functions.get_interface_name = [](packet_provider_data* provider, guint32 id) {
    return InterfaceName(provider, id, 0);
  };
  functions.get_interface_description = [](packet_provider_data* provider, guint32 id) {
    return InterfaceDescription(provider, id, 0);
  };
#endif
  functions.get_modified_block = ModifiedBlock;
  return functions;
}

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_START_H_
