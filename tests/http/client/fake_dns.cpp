#include "http/client/fake_dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tocsin::test {
namespace {

constexpr std::size_t header_size = 12;

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}

std::string labels(const std::string& name) {
  std::string out;
  std::size_t at = 0;
  while (at < name.size()) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    out += static_cast<char>(dot - at);
    out += name.substr(at, dot - at);
    at = dot + 1;
  }
  return out + '\0';
}

// The question's name in lower case and the offset behind it.
std::string name_of(const std::string& question, std::size_t& at) {
  std::string name;
  at = header_size;
  while (at < question.size() && question[at] != 0) {
    if (!name.empty()) name += '.';
    const auto length = static_cast<unsigned char>(question[at]);
    name += question.substr(at + 1, length);
    at += 1 + length;
  }
  ++at;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

void put_record(std::string& out, const std::string& owner, unsigned type,
                const std::string& data) {
  out += labels(owner);
  put16(out, type);
  put16(out, 1);  // IN
  put16(out, 0);
  put16(out, 60);  // seconds to live
  put16(out, static_cast<unsigned>(data.size()));
  out += data;
}

int bound_socket(int type, std::uint16_t port) {
  const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

FakeDns::FakeDns() {
  // A UDP port from the kernel whose TCP twin is free, too.
  for (int round = 0; round < 100 && tcp_ < 0; ++round) {
    if (udp_ >= 0) close(udp_);
    udp_ = bound_socket(SOCK_DGRAM, 0);
    port_ = port_of(udp_);
    tcp_ = bound_socket(SOCK_STREAM, port_);
  }
  if (tcp_ < 0 || listen(tcp_, 16) != 0) throw std::runtime_error("no port for a DNS server");
  stop_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { serve(); });
}

FakeDns::~FakeDns() {
  eventfd_write(stop_, 1);
  thread_.join();
  close(udp_);
  close(tcp_);
  close(stop_);
}

void FakeDns::has(const std::string& name, const std::vector<std::string>& addresses) {
  const std::lock_guard lock(mutex_);
  addresses_[name].clear();
  for (const std::string& text : addresses) {
    addresses_[name].push_back(parse_ip_address(text).value());
  }
}

void FakeDns::has_alias(const std::string& name, const std::string& target) {
  const std::lock_guard lock(mutex_);
  aliases_[name] = target;
}

std::string FakeDns::answer(const std::string& question, bool udp) {
  ++questions_;
  std::size_t at = 0;
  std::string name = name_of(question, at);
  const auto type = static_cast<unsigned char>(question.at(at + 1));
  const bool v4 = type == 1;
  const Mood mood = mood_;
  if (mood == Mood::silent || (mood == Mood::v4_only && !v4)) return {};
  if (mood == Mood::talks_trash) return question.substr(0, 2) + std::string(300, '\xff');

  const std::lock_guard lock(mutex_);
  std::string records;
  unsigned count = 0;
  if (const auto alias = aliases_.find(name); alias != aliases_.end()) {
    put_record(records, name, 5, labels(alias->second));
    name = alias->second;
    ++count;
  }
  const auto found = addresses_.find(name);
  for (const IpAddress& address :
       found == addresses_.end() ? std::vector<IpAddress>() : found->second) {
    if ((address.family == IpAddress::Family::v4) != v4) continue;
    const auto* octets = reinterpret_cast<const char*>(address.octets.data());
    put_record(records, name, v4 ? 1 : 28, std::string(octets, v4 ? 4 : 16));
    ++count;
  }
  const bool truncated = udp && mood == Mood::truncates;
  const unsigned code = mood == Mood::fails ? 2 : found == addresses_.end() ? 3 : 0;
  std::string out = question.substr(0, 2);
  put16(out, 0x8180 | (truncated ? 0x0200 : 0) | code);
  put16(out, 1);
  put16(out, truncated || code != 0 ? 0 : count);
  put16(out, 0);
  put16(out, 0);
  out += question.substr(header_size, at + 4 - header_size);
  if (!truncated && code == 0) out += records;
  return out;
}

// Questions with their lengths before them; on loopback none is split between two reads.
void FakeDns::answer_tcp(int fd, std::string_view framed) {
  while (framed.size() > 2) {
    const std::size_t size =
        static_cast<unsigned char>(framed[0]) << 8 | static_cast<unsigned char>(framed[1]);
    const std::string out = answer(std::string(framed.substr(2, size)), false);
    std::string reply;
    put16(reply, static_cast<unsigned>(out.size()));
    reply += out;
    send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
    framed.remove_prefix(2 + size);
  }
}

void FakeDns::serve() {
  std::array<char, 2048> buffer{};
  std::vector<int> connections;
  while (true) {
    std::vector<pollfd> polled{{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
    for (const int fd : connections) polled.push_back({fd, POLLIN, 0});
    poll(polled.data(), polled.size(), -1);
    if (polled[0].revents != 0) break;
    if (polled[1].revents != 0) {
      sockaddr_storage peer{};
      socklen_t peer_size = sizeof peer;
      auto* address = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t size = recvfrom(udp_, buffer.data(), buffer.size(), 0, address, &peer_size);
      if (size > static_cast<ssize_t>(header_size)) {
        const std::string out = answer({buffer.data(), static_cast<std::size_t>(size)}, true);
        if (!out.empty()) sendto(udp_, out.data(), out.size(), 0, address, peer_size);
      }
    }
    if (polled[2].revents != 0)
      connections.push_back(accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC));
    for (std::size_t i = 3; i < polled.size(); ++i) {
      if (polled[i].revents == 0) continue;
      const ssize_t size = recv(polled[i].fd, buffer.data(), buffer.size(), 0);
      if (size > 0) {
        answer_tcp(polled[i].fd, {buffer.data(), static_cast<std::size_t>(size)});
      } else {
        close(polled[i].fd);
        std::erase(connections, polled[i].fd);
      }
    }
  }
  for (const int fd : connections) close(fd);
}

}  // namespace tocsin::test
