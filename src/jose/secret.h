// Octets that must not outlive their use: overwritten when they go.
#pragma once

#include <openssl/crypto.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::jose {

// Holds private key members, shared secrets and content encryption keys. Moved, never copied.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : octets_(size, '\0') {}
  explicit Secret(std::string octets) : octets_(std::move(octets)) {}
  Secret(Secret&& other) noexcept { octets_.swap(other.octets_); }
  Secret& operator=(Secret&& other) noexcept {
    octets_.swap(other.octets_);
    return *this;
  }
  ~Secret() { OPENSSL_cleanse(octets_.data(), octets_.size()); }

  std::string_view view() const noexcept { return octets_; }
  char* data() noexcept { return octets_.data(); }
  std::size_t size() const noexcept { return octets_.size(); }
  bool empty() const noexcept { return octets_.empty(); }

 private:
  std::string octets_;
};

}  // namespace tocsin::jose
