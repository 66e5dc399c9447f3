// Which process an operator speaks to, and what it is asked for, as the verbs that do so are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/admin_client.h"
#include "cli/verb.h"

namespace tocsin::cli {

struct AdminFlags {
  std::string config = "tocsin.toml";  // says what the flags do not
  std::string url;
  std::string token;  // a reference: file:PATH or env:NAME
  std::string ca_file;

  void add_to(CLI::App& verb);

  // Reads the token. config_invalid, with what is wrong with a configuration on stderr;
  // file_unreadable, file_mode.
  Result<app::AdminCaller> finish(Console& console) const;
};

// A path with its query. Empty values are left out.
std::string admin_target(const std::string& path,
                         const std::vector<std::pair<std::string, std::string>>& query);

// Items of a list, page by page.
struct AdminList {
  JsonArray items;
  bool more = false;  // there are more than asked for
};
// `name` of the list in the answers of `target`; at most `count_max` items.
Result<AdminList> list_admin(const app::AdminCaller& caller, const std::string& target,
                             const std::string& name, std::size_t count_max);

std::string text_of(const Json& object, std::string_view name);
std::int64_t number_of(const Json& object, std::string_view name);

}  // namespace tocsin::cli
