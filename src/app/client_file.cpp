#include "app/client_file.h"

#include <algorithm>
#include <utility>

#include "base/base64url.h"
#include "jose/digest.h"
#include "jose/system_random.h"
#include "oauth/clients.h"

namespace tocsin::app {
namespace {

constexpr std::size_t name_max = 64;  // octets

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

// A basic string of TOML.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + quoted(text);
  return '[' + out + ']';
}

}  // namespace

std::vector<std::string> ClientFile::scopes() const {
  std::vector<std::string> words;
  if (is_receiver) words = {"ssf.read", "ssf.manage"};
  if (is_producer) words.emplace_back("tocsin.publish");
  return words;
}

Result<void> judge_client_name(std::string_view client_id) {
  const bool is_name = !client_id.empty() && client_id.size() <= name_max &&
                       client_id.front() != '.' &&
                       std::all_of(client_id.begin(), client_id.end(), is_name_letter);
  if (is_name) return {};
  return Error(Errc::config_invalid,
               "a client's name has 1 to 64 letters, digits, dots, hyphens and underscores, and "
               "no dot in front");
}

std::string to_toml(const ClientFile& client) {
  const std::string id = "client_id = " + quoted(client.client_id) + '\n';
  std::string text = "[[oauth.client]]\n" + id;
  text += "secret_sha256 = " + list(client.secret_sha256) + '\n';
  text += "scopes = " + list(client.scopes()) + '\n';
  const std::string events = client.events.empty() ? "" : "events = " + list(client.events) + '\n';
  if (client.is_receiver) {
    text += "\n[[transmitter.receiver]]\n" + id;
    if (!client.audience.empty()) text += "audience = " + list(client.audience) + '\n';
    text += events;
  }
  if (client.is_producer) text += "\n[[transmitter.producer]]\n" + id + events;
  return text;
}

ClientSecret make_secret() {
  SystemRandom random;
  oauth::NewSecret made = oauth::make_client_secret(random);
  return {std::move(made.secret), base64url_encode(as_text(made.hash))};
}

}  // namespace tocsin::app
