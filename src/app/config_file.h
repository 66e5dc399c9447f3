// A configuration from its text: TOML, the environment, and what they say together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct ConfigText {
  std::string file;  // what findings call it; its folder is what paths are relative to
  std::string text;
};

using Environment = std::map<std::string, std::string, std::less<>>;

// The configuration, or everything that is wrong with it: `config` is there if and only if
// `findings` is empty.
struct ConfigAnswer {
  std::optional<Config> config;
  std::vector<ConfigFinding> findings;
};

// `included` are the files of the folder that the main one includes. Reads no file and no
// environment itself.
ConfigAnswer read_config(const ConfigText& main, const std::vector<ConfigText>& included,
                         const Environment& environment);

// As above, from disk and with this process's environment.
ConfigAnswer load_config(const std::string& path);

// The secret that is referred to, less white space at its end. config_invalid for a variable that
// is not there; those of read_secret_file().
Result<std::string> read_secret(const SecretReference& reference);

}  // namespace tocsin::app
