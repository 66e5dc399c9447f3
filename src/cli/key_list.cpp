// tocsin key list: which keys a file holds, without the keys.
#include <bit>
#include <memory>

#include "app/key_file.h"
#include "base/base64url.h"
#include "base/try.h"
#include "cli/flags.h"
#include "cli/pretty.h"
#include "cli/store_key_flag.h"
#include "cli/table.h"
#include "cli/verb.h"

namespace tocsin::cli {
namespace {

std::string_view text_of(const JsonObject& object, std::string_view name) {
  const Json* member = object.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string_view() : *text;
}

// "RSA 2048", or the curve.
std::string size_of(const SigningKey& key) {
  const Json jwk = key.public_jwk();
  const JsonObject& members = *jwk.as_object();
  if (text_of(members, "kty") != "RSA") return std::string(text_of(members, "crv"));
  const std::string modulus = base64url_decode(text_of(members, "n")).value_or("");
  if (modulus.empty()) return "RSA";
  const auto lead = static_cast<unsigned char>(modulus.front());
  return "RSA " +
         std::to_string(modulus.size() * 8 - static_cast<std::size_t>(std::countl_zero(lead)));
}

struct ListOptions {
  std::string file;
  StoreKeyFlag store_key;
};

Result<Exit> run(const ListOptions& options, Console& console) {
  TOCSIN_TRY(const auto box, options.store_key.open());
  TOCSIN_TRY(const auto keys, app::load_key_file(options.file, {.box = box.get()}));
  std::vector<std::vector<std::string>> rows{{"KID", "ALG", "SIZE", "CREATED"}};
  JsonArray list;
  for (const app::StoredKey& stored : keys) {
    const std::string created = stored.created ? to_date(*stored.created) : "";
    const std::string_view alg = to_string(stored.key.algorithm());
    const std::string size = size_of(stored.key);
    rows.push_back({stored.key.kid(), std::string(alg), size, created.empty() ? "-" : created});
    JsonObject entry{{"kid", stored.key.kid()}, {"alg", alg}, {"size", size}};
    if (!created.empty()) entry.insert_or_assign("created", created);
    list.emplace_back(std::move(entry));
  }
  if (console.output == Output::json) {
    console.print_json(list);
  } else {
    print_table(rows, console);
  }
  return Exit::yes;
}

}  // namespace

void add_key_list(CLI::App& key, Program& program) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App& verb = add_verb(key, program, "list", "List the keys of a file",
                            [options](Console& console) { return run(*options, console); });
  verb.add_option("FILE", options->file, "Key file (mode 0600)")->required();
  options->store_key.add_to(verb, store_key_help);
  add_examples(verb,
               {"tocsin key list signing.json", "tocsin key list --output json signing.json"});
}

}  // namespace tocsin::cli
