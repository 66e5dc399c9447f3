// Where a demo keeps what it is made of: a throw-away root, what the receiver presents, the
// producer's secret, and in transmitter/ what `tocsin serve` starts from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/throwaway_authority.h"
#include "http/tls.h"
#include "store/sqlite/lock_file.h"
#include "tocsin/result.h"

namespace tocsin::app {

// What `tocsin serve` starts from, and what its receiver is told.
struct DemoTransmitter {
  std::string config_file;
  std::string issuer;
  std::string client_id;
  std::string client_secret;
};

class DemoFolder {
 public:
  // Takes the folder, which is made if it is not there, and empties it: nothing but a demo's own
  // remains goes. One demo runs in a folder at a time. config_invalid, file_unreadable.
  static Result<DemoFolder> open(const std::string& path);

  // As `tocsin init` makes it, on loopback, with a certificate of our root.
  Result<DemoTransmitter> init_transmitter(std::uint16_t port) const;
  // With a certificate for 127.0.0.1.
  Result<http::TlsServer> receiver_tls() const;

  const std::string& path() const noexcept { return path_; }  // absolute
  std::string root_file() const { return file("root.pem"); }
  std::string producer_secret_file() const { return file("producer-secret"); }
  std::string log_file() const { return file("transmitter.log"); }

 private:
  DemoFolder(std::string path, std::unique_ptr<store::sqlite::LockFile> lock,
             http::ThrowawayAuthority root)
      : path_(std::move(path)), lock_(std::move(lock)), root_(std::move(root)) {}
  std::string file(std::string_view name) const { return path_ + '/' + std::string(name); }

  std::string path_;
  std::unique_ptr<store::sqlite::LockFile> lock_;
  http::ThrowawayAuthority root_;
};

}  // namespace tocsin::app
