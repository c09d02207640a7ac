// SPDX-License-Identifier: GPL-2.0-or-later
//
// "Did you mean …": the known name that the fewest edits lead to, if it is near at all.
#ifndef ESPCAP_BASE_NEAREST_NAME_H_
#define ESPCAP_BASE_NEAREST_NAME_H_

#include <string>
#include <string_view>
#include <vector>

namespace espcap::base {

// Empty where no candidate is within a third of the name's length (at least one edit).
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

// "; did you mean 'http'?", to end an error with; empty where nothing is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_NEAREST_NAME_H_
