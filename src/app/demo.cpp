#include "app/demo.h"

#include <signal.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "app/child_process.h"
#include "app/demo_folder.h"

namespace tocsin::app {
namespace {

constexpr std::chrono::seconds demo_max{60};  // all of it, on a slow machine

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

// A member as text; what is no string as JSON, which escapes what a terminal would obey.
std::string text_of(const JsonObject& message, std::string_view name) {
  const Json* value = message.find(name);
  if (value == nullptr) return "";
  return value->as_string() != nullptr ? *value->as_string() : to_text(*value);
}

std::string reason_phrase(const std::string& status) {
  if (status == "202") return "202 Accepted";
  if (status == "400") return "400 Bad Request";
  return status;
}

// The next thing the child says. One that ended has told stderr why.
Task<Result<JsonObject>> hear(ChildProcess& child) {
  Result<JsonObject> message = co_await child.pipe().receive();
  if (message) co_return message;
  co_return Error(Errc::internal_error, "a process of the demo ended early");
}

class Demo {
 public:
  Demo(const DemoOptions& options, const std::function<void(std::string_view line)>& print)
      : folder_(options.folder), print_(print) {}

  Result<void> run();

 private:
  Task<void> play();
  Task<Result<void>> introduce();
  Task<Result<void>> revoke_a_session();
  Task<Result<void>> forge();
  Task<bool> finish();
  Result<ChildProcess> start(std::string_view role);
  void give_up();

  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        loop::Loop::executor_type>;
  using Signals = boost::asio::basic_signal_set<loop::Loop::executor_type>;

  const DemoFolder folder_;
  const std::function<void(std::string_view line)>& print_;
  loop::Loop loop_;
  Signals signals_{loop_, SIGINT, SIGTERM};
  Timer timer_{loop_, demo_max};
  std::optional<ChildProcess> transmitter_;
  std::optional<ChildProcess> receiver_;
  std::string endpoint_;
  int signal_ = 0;
  bool is_late_ = false;
  Result<void> result_;
};

Result<void> Demo::run() {
  // A child that is gone is an error of ours to report, not the end of us.
  ::signal(SIGPIPE, SIG_IGN);
  signals_.async_wait([this](const boost::system::error_code& failure, int number) {
    if (failure) return;
    signal_ = number;
    give_up();
  });
  timer_.async_wait([this](const boost::system::error_code& failure) {
    if (failure) return;
    is_late_ = true;
    give_up();
  });
  boost::asio::co_spawn(loop_, play(), rethrow);
  loop_.run();
  if (signal_ != 0) {
    ::signal(signal_, SIG_DFL);
    ::raise(signal_);
  }
  if (is_late_) return Error(Errc::overloaded, "the demo did not come to its end in time");
  return result_;
}

// Without children, whatever is waited for comes to its end.
void Demo::give_up() {
  if (transmitter_) transmitter_->terminate();
  if (receiver_) receiver_->terminate();
}

Task<void> Demo::play() {
  result_ = folder_.make();
  if (result_) result_ = co_await introduce();
  if (result_) result_ = co_await revoke_a_session();
  if (result_) result_ = co_await forge();
  const bool orderly = co_await finish();
  if (result_ && !orderly) result_ = Error(Errc::internal_error, "a process ended badly");
  if (result_) {
    print_("");
    print_("Both processes are gone; keys and certificates are left in " + folder_.path() + ".");
  }
  signals_.cancel();
  timer_.cancel();
}

Result<ChildProcess> Demo::start(std::string_view role) {
  return ChildProcess::start(loop_,
                             {"demo", "--role", std::string(role), "--folder", folder_.path()});
}

// The receiver is told the issuer and nothing else about the transmitter.
Task<Result<void>> Demo::introduce() {
  Result<ChildProcess> transmitter = start("transmitter");
  if (!transmitter) co_return transmitter.error();
  transmitter_.emplace(std::move(*transmitter));
  Result<ChildProcess> receiver = start("receiver");
  if (!receiver) co_return receiver.error();
  receiver_.emplace(std::move(*receiver));

  const Result<JsonObject> open = co_await hear(*transmitter_);
  if (!open) co_return open.error();
  const std::string issuer = text_of(*open, "issuer");
  const Result<void> told = receiver_->pipe().send({{"issuer", issuer}});
  if (!told) co_return told.error();
  const Result<JsonObject> ready = co_await hear(*receiver_);
  if (!ready) co_return ready.error();
  endpoint_ = text_of(*ready, "endpoint");

  print_("A transmitter and a receiver, two processes that know each other through HTTPS only.");
  print_("");
  print_("  transmitter  " + text_of(*ready, "metadata"));
  print_("               " + text_of(*ready, "jwks"));
  print_("  receiver     " + endpoint_);
  co_return Result<void>();
}

Task<Result<void>> Demo::revoke_a_session() {
  const Result<void> told = transmitter_->pipe().send({{"revoke", endpoint_}});
  if (!told) co_return told.error();
  const Result<JsonObject> pushed = co_await hear(*transmitter_);
  if (!pushed) co_return pushed.error();
  print_("");
  print_("A session is revoked. The transmitter signs a SET (" + text_of(*pushed, "alg") +
         ") and pushes it: " + reason_phrase(text_of(*pushed, "status")));
  const Result<JsonObject> event = co_await hear(*receiver_);
  if (!event) co_return event.error();
  print_("  verified     " + text_of(*event, "type"));
  print_("  about        " + text_of(*event, "sub_id"));
  print_("  because      " + text_of(*event, "reason"));
  print_("  latency      " + text_of(*event, "latency_ms") + " ms from the event to the inbox");
  co_return Result<void>();
}

Task<Result<void>> Demo::forge() {
  const Result<void> told = transmitter_->pipe().send({{"forge", endpoint_}});
  if (!told) co_return told.error();
  const Result<JsonObject> refused = co_await hear(*transmitter_);
  if (!refused) co_return refused.error();
  print_("The same SET, about somebody else under the same signature: " +
         reason_phrase(text_of(*refused, "status")));
  print_("  answer       " + text_of(*refused, "body"));
  co_return Result<void>();
}

Task<bool> Demo::finish() {
  bool orderly = true;
  if (transmitter_) orderly &= co_await transmitter_->finish();
  if (receiver_) orderly &= co_await receiver_->finish();
  co_return orderly;
}

}  // namespace

Result<void> run_demo(const DemoOptions& options,
                      const std::function<void(std::string_view line)>& print) {
  return Demo(options, print).run();
}

}  // namespace tocsin::app
