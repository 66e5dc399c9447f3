// A DNS server on loopback, UDP and TCP, that answers from a table a test may change at any time.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/ip_address.h"

namespace tocsin::test {

class FakeDns {
 public:
  enum class Mood {
    answers,      // what is not in the table does not exist
    silent,       // no packet is answered
    v4_only,      // AAAA questions are not answered
    fails,        // SERVFAIL
    truncates,    // over UDP nothing but the hint to come by TCP
    talks_trash,  // packets that are no answer
  };

  FakeDns();
  FakeDns(const FakeDns&) = delete;
  FakeDns& operator=(const FakeDns&) = delete;
  ~FakeDns();

  std::uint16_t port() const noexcept { return port_; }

  void has(const std::string& name, const std::vector<std::string>& addresses);
  void has_alias(const std::string& name, const std::string& target);
  void is(Mood mood) { mood_ = mood; }

  int questions() const noexcept { return questions_; }

 private:
  void serve();
  void answer_tcp(int fd, std::string_view framed);
  std::string answer(const std::string& question, bool udp);

  std::mutex mutex_;
  std::map<std::string, std::vector<IpAddress>> addresses_;
  std::map<std::string, std::string> aliases_;
  std::atomic<Mood> mood_ = Mood::answers;
  std::atomic<int> questions_ = 0;
  std::uint16_t port_ = 0;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = -1;  // an eventfd
  std::thread thread_;
};

}  // namespace tocsin::test
