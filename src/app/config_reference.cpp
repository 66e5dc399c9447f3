// docs/configuration.md, written from the table of keys.
#include "app/config_keys.h"

namespace tocsin::app {
namespace {

constexpr std::string_view head =
    "# Configuration\n"
    "\n"
    "`tocsin init DIR` writes a configuration that works; `tocsin serve --check --config FILE` "
    "says\n"
    "everything that is wrong with one. This page is printed by `tocsin serve --reference`.\n"
    "\n"
    "- One TOML file. An unknown or misspelt key is an error with its line and the nearest key.\n"
    "- `include = \"DIR\"` at the top adds the `*.toml` files of a folder, in the order of their\n"
    "  names. They may hold `[[...]]` tables only; `tocsin client add` writes one file per "
    "client.\n"
    "- Every key of a `[table]` can be set from the environment: `TOCSIN_SERVER__LISTEN` is\n"
    "  `listen` in `[server]`, `TOCSIN_SERVER__TLS__KEY` is `tls.key`. Lists are written as in "
    "TOML.\n"
    "- A secret is a reference, `\"file:PATH\"` (mode 0600) or `\"env:NAME\"`, and is never "
    "printed.\n"
    "  Paths are relative to the folder of the file.\n"
    "- A time is a number and a unit: `500ms`, `10s`, `5m`, `72h`, `7d`.\n"
    "- `SIGHUP` reads the file again. Keys marked *reload* take effect at once, all of them or, "
    "if\n"
    "  anything is wrong, none; a change of any other key is logged and waits for a restart.\n";

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string default_of(const ConfigKey& key, const KeyTarget& target) {
  if (key.required) return "required";
  const std::string text = to_text(target);
  return text == "\"\"" ? "none" : '`' + cell(text) + '`';
}

std::string limits_of(const ConfigKey& key, const KeyTarget& target) {
  const bool is_span = std::holds_alternative<std::chrono::milliseconds*>(target);
  const auto number = [&](std::uint64_t value) {
    return is_span ? to_text(std::chrono::milliseconds(value)) : std::to_string(value);
  };
  if (key.rule.accepts != nullptr) return cell(key.rule.says);
  if (key.max != UINT64_MAX) return number(key.min) + " to " + number(key.max);
  return key.min == 0 ? "" : "at least " + number(key.min);
}

std::string row(const ConfigKey& key, void* section) {
  const KeyTarget target = key.target(section);
  const std::string limits = limits_of(key, target);
  return "| `" + std::string(key.name) + "` | " + std::string(type_name(target)) +
         (limits.empty() ? "" : ": " + limits) + " | " + default_of(key, target) + " | " +
         (key.reload == Reload::yes ? "reload" : "") + " | " + cell(key.about) + " |\n";
}

}  // namespace

std::string configuration_reference() {
  std::string page(head);
  Config config;
  for (const ConfigTable& table : config_tables()) {
    const std::string path(table.path);
    page += "\n## " + (table.repeated ? "[[" + path + "]]" : '[' + path + ']') + "\n\n" +
            std::string(table.about) + "\n\n| Key | Takes | Default | | Does |\n" +
            "| --- | --- | --- | --- | --- |\n";
    void* section = table.section(config);
    for (const ConfigKey& key : table.keys) page += row(key, section);
  }
  return page;
}

}  // namespace tocsin::app
