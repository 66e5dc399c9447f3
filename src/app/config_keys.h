// The one table of configuration keys: what a key is called, where its value goes, which values it
// takes and what it does. The reader, the environment and docs/configuration.md all come from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config.h"

namespace tocsin::app {

// Where a value goes. The type of the member is the type of the key.
using KeyTarget =
    std::variant<std::string*, bool*, std::uint64_t*, std::chrono::milliseconds*,
                 std::vector<std::string>*, ListenAddress*, FileReference*, SecretReference*>;

// Which texts a key takes, for a list each of its entries. `says` completes "expected ...".
struct KeyRule {
  std::string_view says{};
  bool (*accepts)(std::string_view text) = nullptr;
};

// Whether SIGHUP brings a new value into force.
enum class Reload : bool { no, yes };

struct ConfigKey {
  std::string_view name{};  // "listen"; "tls.key" is a member of an inner table
  KeyTarget (*target)(void* section) = nullptr;
  std::string_view about{};
  Reload reload = Reload::no;
  KeyRule rule{};
  std::uint64_t min = 0;  // of a number, or of a time in milliseconds
  std::uint64_t max = UINT64_MAX;
  bool required = false;
};

struct ConfigTable {
  std::string_view path;  // "transmitter.receiver"
  bool repeated = false;  // [[path]] rather than [path]
  std::string_view about;
  std::span<const ConfigKey> keys;
  // The struct that the keys' targets are in; a new one each time if the table is repeated.
  void* (*section)(Config& config);
  ConfigPlace* (*place)(void* section);
};

std::span<const ConfigTable> config_tables();

// "text", "list of texts", "time", ...
std::string_view type_name(const KeyTarget& target);

// As it would stand in the file; for a text without content "".
std::string to_text(const KeyTarget& target);

// "TOCSIN_SERVER__TLS__KEY"; tables that are repeated have no variables.
std::string variable_name(const ConfigTable& table, const ConfigKey& key);

// docs/configuration.md.
std::string configuration_reference();

// "500ms", "10s", "5m", "72h", "7d". Nothing for everything else.
std::optional<std::chrono::milliseconds> parse_span(std::string_view text);
std::string to_text(std::chrono::milliseconds span);

std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace tocsin::app
