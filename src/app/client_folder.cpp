#include "app/client_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "app/file.h"
#include "base/try.h"

namespace tocsin::app {
namespace {

constexpr std::size_t client_file_max = 1024 * 1024;  // octets
constexpr std::string_view secrets_key = "secret_sha256";

template <class Section>
const Section* section_of(const std::vector<Section>& sections, const std::string& client_id) {
  const auto found = std::ranges::find(sections, client_id, &Section::client_id);
  return found == sections.end() ? nullptr : &*found;
}

KnownClient known_client(const Config& config, const ClientSection& section) {
  KnownClient known;
  known.client.client_id = section.client_id;
  known.client.secret_sha256 = section.secret_sha256;
  known.scopes = section.scopes;
  known.file = section.place.file;
  if (const auto* producer = section_of(config.producers, section.client_id)) {
    known.client.is_producer = true;
    known.client.events = producer->events;
  }
  if (const auto* receiver = section_of(config.receivers, section.client_id)) {
    known.client.is_receiver = true;
    known.client.audience = receiver->audience;
    known.client.events = receiver->events;
  }
  return known;
}

Error trouble(const std::string& path) {
  return {Errc::file_unreadable, path + ": " + std::generic_category().message(errno)};
}

// The text with other hashes in place of the client's; everything else stays as it was written.
Result<std::string> with_secrets(std::string text, const ConfigPlace& table,
                                 const std::vector<std::string>& hashes) {
  std::size_t line = 1;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content(text.data() + begin, end - begin);
    if (line > table.line && content.starts_with(secrets_key)) {
      std::string list;
      for (const std::string& hash : hashes) list += (list.empty() ? "\"" : ", \"") + hash + '"';
      text.replace(begin, end - begin, std::string(secrets_key) + " = [" + list + ']');
      return text;
    }
    begin = end + 1;
    ++line;
  }
  return Error(Errc::config_invalid, table.file + ": no line that begins with secret_sha256");
}

}  // namespace

std::vector<KnownClient> clients_of(const Config& config) {
  std::vector<KnownClient> clients;
  for (const ClientSection& section : config.clients) {
    clients.push_back(known_client(config, section));
  }
  return clients;
}

Result<KnownClient> find_client(const Config& config, const std::string& client_id) {
  const ClientSection* section = section_of(config.clients, client_id);
  if (section == nullptr) return Errc::client_unknown;
  return known_client(config, *section);
}

Result<std::string> add_client(const Config& config, ClientFile client) {
  TOCSIN_CHECK(judge_client_name(client.client_id));
  if (config.include_folder.empty()) {
    return Error(Errc::config_invalid, "the configuration names no folder to include");
  }
  if (section_of(config.clients, client.client_id) != nullptr) return Errc::client_exists;
  ClientSecret secret = make_secret();
  client.secret_sha256 = {secret.sha256};
  TOCSIN_CHECK(create_secret_file(config.include_folder + '/' + client.client_id + ".toml",
                                  to_toml(client)));
  return std::move(secret.secret);
}

Result<std::string> rotate_secret(const Config& config, const std::string& client_id,
                                  bool drop_old) {
  const ClientSection* section = section_of(config.clients, client_id);
  if (section == nullptr) return Errc::client_unknown;
  if (section->secret_sha256.empty()) {
    return Error(Errc::config_invalid, client_id + " has no secret: it authenticates with keys");
  }
  ClientSecret secret = make_secret();
  std::vector<std::string> hashes{secret.sha256};
  if (!drop_old) hashes.push_back(section->secret_sha256.front());
  TOCSIN_TRY(std::string text, read_file(section->place.file, client_file_max));
  TOCSIN_TRY(const std::string changed, with_secrets(std::move(text), section->place, hashes));
  TOCSIN_CHECK(replace_secret_file(section->place.file, changed));
  return std::move(secret.secret);
}

Result<void> remove_client(const Config& config, const std::string& client_id) {
  const ClientSection* section = section_of(config.clients, client_id);
  if (section == nullptr) return Errc::client_unknown;
  const std::string& file = section->place.file;
  for (const ClientSection& other : config.clients) {
    if (other.place.file == file && other.client_id != client_id) {
      return Error(Errc::config_invalid, file + ": other clients stand here, too");
    }
  }
  if (config.include_folder.empty() || !file.starts_with(config.include_folder + '/')) {
    return Error(Errc::config_invalid, file + ": not a file of the folder that is included");
  }
  if (::unlink(file.c_str()) != 0) return trouble(file);
  return {};
}

}  // namespace tocsin::app
