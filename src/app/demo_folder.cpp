#include "app/demo_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "app/file.h"
#include "app/init.h"
#include "base/try.h"

namespace tocsin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view lock_name = "demo.lock";  // also says whose folder it is
constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};

Error cannot_make(const std::string& path, const std::error_code& reason) {
  return {Errc::file_unreadable, path + ": " + reason.message()};
}

// Ours alone. A folder with other things in it is not ours to empty.
Result<void> take_folder(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) return cannot_make(path, failure);
  const bool is_empty = fs::is_empty(path, failure);
  if (failure) return cannot_make(path, failure);
  if (!is_empty && !fs::exists(path / lock_name, failure)) {
    return Error(Errc::config_invalid, path.string() +
                                           ": not empty, and not made by a demo of this version: "
                                           "remove it, or name another folder with --folder");
  }
  fs::permissions(path, fs::perms::owner_all, failure);
  if (failure) return cannot_make(path, failure);
  return {};
}

Result<void> empty_folder(const fs::path& path) {
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, failure)) {
    if (entry.path().filename() != lock_name) fs::remove_all(entry.path(), failure);
    if (failure) break;
  }
  if (failure) return cannot_make(path, failure);
  return {};
}

// Our receiver has a certificate of our root, and an address that the world does not route.
Result<void> let_it_call_us(const std::string& config_file) {
  std::ofstream config(config_file, std::ios::app);
  config << "\n# The demo's receiver: on loopback, with a certificate of the demo's root.\n"
            "[outbound]\n"
            "ca_file = \"file:../root.pem\"\n"
            "allow_networks = [\"127.0.0.1\"]\n";
  config.close();
  if (!config) return Error(Errc::file_unreadable, config_file + ": cannot be written");
  return {};
}

}  // namespace

Result<DemoFolder> DemoFolder::open(const std::string& path) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(path, failure).lexically_normal();
  if (failure) return cannot_make(path, failure);
  TOCSIN_CHECK(take_folder(absolute));
  auto lock = store::sqlite::LockFile::take(absolute / lock_name);
  if (!lock) return Error(Errc::config_invalid, path + ": another demo runs there");
  TOCSIN_CHECK(empty_folder(absolute));
  TOCSIN_TRY(http::ThrowawayAuthority root, http::ThrowawayAuthority::make("Tocsin demo"));
  DemoFolder folder(absolute, std::move(*lock), std::move(root));
  TOCSIN_CHECK(create_secret_file(folder.root_file(), folder.root_.certificate()));
  return folder;
}

Result<DemoTransmitter> DemoFolder::init_transmitter(std::uint16_t port) const {
  InitOptions options;
  options.folder = file("transmitter");
  options.listen = "127.0.0.1:" + std::to_string(port);
  options.admin_listen = "127.0.0.1:0";
  options.throwaway_tls = true;
  options.authority = &root_;
  TOCSIN_TRY(const InitAnswer made, app::init_transmitter(options));
  TOCSIN_CHECK(let_it_call_us(made.config_file));
  DemoTransmitter transmitter;
  transmitter.config_file = made.config_file;
  transmitter.issuer = made.public_url;
  for (const InitAnswer::Client& client : made.clients) {
    if (client.client_id == "producer") {
      TOCSIN_CHECK(create_secret_file(producer_secret_file(), client.secret + '\n'));
    } else {
      transmitter.client_id = client.client_id;
      transmitter.client_secret = client.secret;
    }
  }
  return transmitter;
}

Result<http::TlsServer> DemoFolder::receiver_tls() const {
  TOCSIN_TRY(const auto identity, root_.issue(loopback));
  http::TlsServerConfig config;
  config.certificate_file = file("receiver.pem");
  config.key_file = file("receiver.key");
  TOCSIN_CHECK(create_secret_file(config.certificate_file, identity.certificate));
  TOCSIN_CHECK(create_secret_file(config.key_file, identity.key));
  return http::TlsServer::open(config);
}

}  // namespace tocsin::app
