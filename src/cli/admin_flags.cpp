#include "cli/admin_flags.h"

#include <algorithm>

#include "app/config_file.h"
#include "base/try.h"
#include "cli/secret_reference.h"
#include "http/parameters.h"

namespace tocsin::cli {
namespace {

constexpr std::size_t page_max = 1000;

const Json* find_member(const Json& object, std::string_view name) {
  return object.as_object() == nullptr ? nullptr : object.as_object()->find(name);
}

}  // namespace

void AdminFlags::add_to(CLI::App& verb) {
  verb.add_option("--config", config, "The configuration of the process to ask")
      ->capture_default_str()
      ->type_name("FILE");
  verb.add_option("--url", url, "Its admin listener, if not as the configuration says")
      ->type_name("URL");
  verb.add_option("--token", token,
                  "Where its admin token is, if not as the configuration says: file:PATH (mode "
                  "0600) or env:NAME")
      ->type_name("REFERENCE");
  verb.add_option("--ca", ca_file, "PEM: the authorities to trust; the system's unless given")
      ->type_name("FILE");
}

Result<app::AdminCaller> AdminFlags::finish(Console& console) const {
  app::AdminCaller caller{.url = url, .token = {}, .ca_file = ca_file};
  app::SecretReference reference;
  if (!token.empty()) {
    TOCSIN_TRY(reference, read_secret_reference("--token", token));
  }
  if (url.empty() || token.empty()) {
    const app::ConfigAnswer answer = app::load_config(config);
    for (const app::ConfigFinding& finding : answer.findings) console.error(finding.to_text());
    if (!answer.config) return Error(Errc::config_invalid, config);
    if (url.empty()) caller.url = app::admin_url(*answer.config);
    if (token.empty()) reference = answer.config->admin.token;
    if (reference.empty()) return Error(Errc::config_invalid, "[admin] has no token");
  }
  if (caller.url.ends_with('/')) caller.url.pop_back();
  TOCSIN_TRY(caller.token, app::read_secret(reference));
  return caller;
}

std::string admin_target(const std::string& path,
                         const std::vector<std::pair<std::string, std::string>>& query) {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target.append(1, separator).append(name).append("=");
    http::append_encoded(target, value);
    separator = '&';
  }
  return target;
}

Result<AdminList> list_admin(const app::AdminCaller& caller, const std::string& target,
                             const std::string& name, std::size_t count_max) {
  AdminList list;
  std::int64_t after = 0;
  while (true) {
    const std::size_t wanted = std::min(count_max - list.items.size(), page_max);
    std::string page = target + (target.find('?') == std::string::npos ? '?' : '&');
    page += "limit=" + std::to_string(wanted) + "&after=" + std::to_string(after);
    TOCSIN_TRY(JsonObject answer, app::get_admin(caller, page));
    const Json body(std::move(answer));
    const Json* items = find_member(body, name);
    if (items == nullptr || items->as_array() == nullptr) {
      return Error(Errc::net_answer, "no " + name);
    }
    for (const Json& item : *items->as_array()) {
      if (list.items.size() == count_max) {
        list.more = true;
        return list;
      }
      list.items.push_back(item);
    }
    const std::int64_t next = number_of(body, "next");
    if (next == 0) return list;
    if (next <= after) return Error(Errc::net_answer, "a page that leads back");
    after = next;
    if (list.items.size() == count_max) {
      list.more = true;
      return list;
    }
  }
}

std::string text_of(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? "" : *text;
}

std::int64_t number_of(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  const JsonNumber* number = member == nullptr ? nullptr : member->as_number();
  return number == nullptr ? 0 : number->as_int64().value_or(0);
}

}  // namespace tocsin::cli
