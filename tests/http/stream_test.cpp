#include "http/stream.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/detached.hpp>
#include <cstring>
#include <thread>

#include "http/deadlines.h"
#include "http/socket_address.h"
#include "support/run.h"

namespace tocsin::http {
namespace {

using std::chrono::milliseconds;
using test::run;

constexpr std::chrono::seconds patience{10};
constexpr IpAddress loopback{IpAddress::Family::v4, {127, 0, 0, 1}};

// A listening socket on loopback with a port from the kernel.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::bind(fd_, address_.data(), address_.size), 0);
    EXPECT_EQ(::getsockname(fd_, address_.data(), &address_.size), 0);
  }
  ~Listener() { ::close(fd_); }
  void listen() const { EXPECT_EQ(::listen(fd_, 8), 0); }
  int accept() const { return ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }
  std::uint16_t port() const { return address_.port(); }

 private:
  int fd_;
  SocketAddress address_{loopback, 0};
};

// One connection on loopback: `near` under test, `far` a raw descriptor.
class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    listener.listen();
    Result<Stream> connected =
        run(loop, Stream::connect(deadlines, loopback, listener.port(), after(patience)));
    near.emplace(std::move(connected).value());
    far = listener.accept();
  }
  ~StreamTest() override { ::close(far); }

  void far_sends(std::string_view bytes) const {
    EXPECT_EQ(::send(far, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  Result<std::size_t> read(milliseconds patience_for_it = patience) {
    return run(loop, near->read_some(buffer, after(patience_for_it)));
  }

  Loop loop{1};
  Deadlines deadlines{loop, milliseconds(2)};
  Listener listener;
  std::optional<Stream> near;
  int far = -1;
  std::array<char, 64> buffer{};
};

TEST_F(StreamTest, CarriesBytesBothWays) {
  far_sends("ping");
  ASSERT_EQ(read().value(), 4u);
  EXPECT_EQ(std::string_view(buffer.data(), 4), "ping");
  ASSERT_TRUE(run(loop, near->write("pong", after(patience))));
  EXPECT_EQ(::recv(far, buffer.data(), buffer.size(), 0), 4);
}

TEST_F(StreamTest, ReadsZeroAtTheEnd) {
  ::shutdown(far, SHUT_WR);
  EXPECT_EQ(read().value(), 0u);
}

TEST_F(StreamTest, FailsWithNetClosedAfterAReset) {
  const linger reset{1, 0};
  ::setsockopt(far, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(far);
  far = -1;
  EXPECT_EQ(read().error().code, Errc::net_closed);
}

TEST_F(StreamTest, GivesUpAReadAtItsDeadlineAndCanStillWrite) {
  EXPECT_EQ(read(milliseconds(10)).error().code, Errc::net_timeout);
  EXPECT_TRUE(run(loop, near->write("late", after(patience))));
}

TEST_F(StreamTest, GivesUpAReadPastItsDeadlineThoughBytesAreThere) {
  far_sends("x");
  EXPECT_EQ(read(milliseconds(-1)).error().code, Errc::net_timeout);
}

TEST_F(StreamTest, GivesUpAWriteThatThePeerDoesNotTake) {
  const std::string much(64 * 1024 * 1024, 'x');
  const Result<void> written = run(loop, near->write(much, after(milliseconds(30))));
  EXPECT_EQ(written.error().code, Errc::net_timeout);
}

TEST_F(StreamTest, WritingToAPeerThatLeftEndsNoProcess) {
  ::close(far);
  far = -1;
  Result<void> written;
  for (int i = 0; i < 100 && written; ++i) {
    written = run(loop, near->write("x", after(patience)));
    ::usleep(1000);  // the reset comes from another context of the kernel
  }
  EXPECT_EQ(written.error().code, Errc::net_closed);
}

Task<void> read_into(Stream& stream, std::optional<Result<std::size_t>>& result) {
  std::array<char, 16> buffer{};
  result.emplace(co_await stream.read_some(buffer, after(patience)));
}

TEST_F(StreamTest, ClosingEndsAReadUnderWay) {
  std::optional<Result<std::size_t>> result;
  boost::asio::co_spawn(loop, read_into(*near, result), boost::asio::detached);
  loop.restart();
  loop.poll();
  ASSERT_FALSE(result);
  near->close();
  loop.run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error().code, Errc::net_closed);
}

TEST_F(StreamTest, DestroyingEndsAReadUnderWay) {
  std::optional<Result<std::size_t>> result;
  boost::asio::co_spawn(loop, read_into(*near, result), boost::asio::detached);
  loop.restart();
  loop.poll();
  near.reset();
  loop.run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error().code, Errc::net_closed);
}

TEST_F(StreamTest, ADeadlineOfTheWriteDoesNotEndTheRead) {
  std::optional<Result<std::size_t>> result;
  boost::asio::co_spawn(loop, read_into(*near, result), boost::asio::detached);
  const std::string much(64 * 1024 * 1024, 'x');
  EXPECT_EQ(run(loop, near->write(much, after(milliseconds(20)))).error().code, Errc::net_timeout);
  loop.poll();
  EXPECT_FALSE(result);
  far_sends("still here");
  loop.restart();
  while (!result) loop.run_one();
  EXPECT_EQ(result->value(), 10u);
}

TEST_F(StreamTest, ShutdownLetsThePeerReadTheLastBytesThoughItWasStillSending) {
  far_sends("never read by us");
  ASSERT_TRUE(run(loop, near->write("last words", after(patience))));
  run(loop, near->shutdown(after(milliseconds(200))));
  EXPECT_FALSE(near->is_open());
  EXPECT_EQ(::recv(far, buffer.data(), buffer.size(), MSG_WAITALL), 10);
  EXPECT_EQ(::recv(far, buffer.data(), buffer.size(), 0), 0);
}

TEST_F(StreamTest, ShutdownSwallowsOnlySoMuch) {
  // A peer that never stops sending: the other thread ends when we close.
  std::jthread flood([this] {
    const std::string much(1024 * 1024, 'x');
    const timeval forever{0, 0};
    ::setsockopt(far, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever);
    ::fcntl(far, F_SETFL, 0);
    while (::send(far, much.data(), much.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const Deadline late = after(patience);
  run(loop, near->shutdown(late));
  EXPECT_LT(std::chrono::steady_clock::now(), late);
}

TEST_F(StreamTest, NamesItsPeer) {
  EXPECT_EQ(near->peer_address(), "127.0.0.1");
}

TEST(StreamConnect, FailsWithNetConnectWhereNobodyListens) {
  Loop loop(1);
  Deadlines deadlines(loop);
  const Listener deaf;  // bound, not listening
  const Result<Stream> connected =
      run(loop, Stream::connect(deadlines, loopback, deaf.port(), after(patience)));
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().code, Errc::net_connect);
}

}  // namespace
}  // namespace tocsin::http
