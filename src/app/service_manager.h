// What systemd is told about this process, by the protocol of sd_notify(3): a datagram to the
// socket that NOTIFY_SOCKET names. Without such a socket nothing is said.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::app {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes the first out of the environment
  // of children.
  static ServiceManager from_environment();

  void ready() const { tell("READY=1"); }
  void reloading(std::chrono::nanoseconds monotonic) const;
  void stopping() const { tell("STOPPING=1"); }
  void alive() const { tell("WATCHDOG=1"); }

  // How often alive() is to be called: half of what the manager waits. Nothing: it does not wait.
  std::optional<std::chrono::microseconds> alive_every() const noexcept { return alive_every_; }

 private:
  void tell(std::string_view state) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> alive_every_;
};

}  // namespace tocsin::app
