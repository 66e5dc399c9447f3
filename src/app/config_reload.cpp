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

std::vector<std::string> lasting_tenants(Config& config, const ConfigTable& table) {
  std::vector<std::string> values;
  for (TenantSection& tenant : config.tenants) {
    for (std::string& value : lasting_values(table, &tenant)) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

std::vector<std::string> changed_for_restart(Config before, Config after) {
  std::vector<std::string> changed;
  for (const ConfigTable& table : config_tables()) {
    if (table.path == "transmitter.tenant") {
      if (lasting_tenants(before, table) != lasting_tenants(after, table)) {
        changed.emplace_back(table.path);
      }
      continue;
    }
    if (table.repeated) continue;
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
