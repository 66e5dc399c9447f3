// What systemd is told, and when nobody listens.
#include "app/service_manager.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "support/temporary_folder.h"

namespace tocsin::app {
namespace {

// The manager's end of the socket.
class Listener {
 public:
  Listener() : path_(folder_.file("notify")) {
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Listener() { ::close(descriptor_); }

  const std::string& path() const { return path_; }

  std::string heard() const {
    std::string text(256, '\0');
    const ssize_t got = ::recv(descriptor_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  tocsin::test::TemporaryFolder folder_;
  std::string path_;
  int descriptor_ = -1;
};

TEST(ServiceManager, HearsThatWeAreReadyAliveAndStopping) {
  const Listener listener;
  ::setenv("NOTIFY_SOCKET", listener.path().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "20000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const ServiceManager manager = ServiceManager::from_environment();
  EXPECT_EQ(::getenv("NOTIFY_SOCKET"), nullptr) << "children must not speak for us";
  EXPECT_EQ(manager.alive_every(), std::chrono::seconds(10));
  manager.ready();
  EXPECT_EQ(listener.heard(), "READY=1");
  manager.alive();
  EXPECT_EQ(listener.heard(), "WATCHDOG=1");
  manager.reloading(std::chrono::milliseconds(5));
  EXPECT_EQ(listener.heard(), "RELOADING=1\nMONOTONIC_USEC=5000");
  manager.stopping();
  EXPECT_EQ(listener.heard(), "STOPPING=1");
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

TEST(ServiceManager, AWatchdogOfAnotherProcessIsNotOurs) {
  ::setenv("WATCHDOG_USEC", "20000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceManager::from_environment().alive_every(), std::nullopt);
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

TEST(ServiceManager, NobodyThereIsNoTrouble) {
  ::setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
  ServiceManager::from_environment().ready();
  ServiceManager().ready();
}

}  // namespace
}  // namespace tocsin::app
