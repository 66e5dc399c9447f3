#include "app/config_reload.h"

#include "app/config_keys.h"

namespace tocsin::app {
namespace {

// The keys of one section that wait for a restart, with their values.
std::vector<std::string> lasting_values(const ConfigTable& table, void* section) {
  std::vector<std::string> values;
  for (const ConfigKey& key : table.keys) {
    if (key.reload == Reload::yes) continue;
    values.push_back(std::string(key.name) + " = " + to_text(key.target(section)));
  }
  return values;
}

template <class Section>
std::vector<std::string> lasting_values_of_all(std::vector<Section>& sections,
                                               const ConfigTable& table) {
  std::vector<std::string> values;
  for (Section& section : sections) {
    for (std::string& value : lasting_values(table, &section)) values.push_back(std::move(value));
  }
  return values;
}

// Of a table that is repeated and lasts; nothing of one that is read anew.
std::vector<std::string> lasting_rows(Config& config, const ConfigTable& table) {
  if (table.path == "transmitter.tenant") return lasting_values_of_all(config.tenants, table);
  if (table.path == "receiver.upstream") return lasting_values_of_all(config.upstreams, table);
  if (table.path == "sink") return lasting_values_of_all(config.sinks, table);
  return {};
}

}  // namespace

std::vector<std::string> changed_for_restart(Config before, Config after) {
  std::vector<std::string> changed;
  for (const ConfigTable& table : config_tables()) {
    if (table.repeated) {
      if (lasting_rows(before, table) != lasting_rows(after, table)) {
        changed.emplace_back(table.path);
      }
      continue;
    }
    void* old_section = table.section(before);
    void* new_section = table.section(after);
    for (const ConfigKey& key : table.keys) {
      if (key.reload == Reload::yes) continue;
      if (to_text(key.target(old_section)) != to_text(key.target(new_section))) {
        changed.push_back(std::string(table.path) + '.' + std::string(key.name));
      }
    }
  }
  return changed;
}

}  // namespace tocsin::app
