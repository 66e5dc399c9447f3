// What the store costs: events accepted one by one from many coroutines, each answered once it is
// on disk, and what matching an event costs with few and with many registered subjects.
#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"
#include "bench/arms.h"
#include "bench/fill_store.h"
#include "bench/surroundings.h"
#include "jose/system_random.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/stream_rows.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using namespace tocsin::store;
using namespace std::chrono_literals;

constexpr int producers = 64;
constexpr auto measured = 3s;
constexpr double accepted_goal = 4000;  // a second
constexpr int few = 1000;
constexpr int many = 1'000'000;
constexpr double ratio_max = 1.5;
constexpr int batch = 200;
const std::string store_key(32, 'k');
const std::string type = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

StreamOwner owner() {
  return {.iss = "https://tr.example.com",
          .receiver = {.token_issuer = "static", .client_id = "rx"}};
}

StreamRecord stream(DefaultSubjects defaults) {
  StreamRecord record;
  record.owner = owner();
  record.config.stream_id = "s1";
  record.config.iss = owner().iss;
  record.config.aud = {"https://rx.example.com"};
  record.config.events_delivered = {type};
  record.config.delivery = {.method = DeliveryMethod::push,
                            .endpoint_url = "https://rx.example.com/events"};
  record.default_subjects = defaults;
  return record;
}

Subject user(std::uint64_t n) {
  return email_subject("user" + std::to_string(n) + "@example.com");
}

NewEvent event(Random& random, std::uint64_t n) {
  NewEvent event;
  event.iss = owner().iss;
  event.event_id = random.id();
  event.subject = user(n);
  event.event = caep::SessionRevoked{};
  event.txn = random.id();
  event.accepted_at = SystemClock().wall();
  return event;
}

struct Bench {
  Folder folder{};
  SystemClock clock{};
  SystemRandom random{};
  loop::Loop loop{1};

  std::unique_ptr<SqliteStore> open(const std::string& name, bool threaded) {
    auto box = jose::SecretBox::with_key(jose::Secret(store_key));
    auto store = SqliteStore::open({.path = folder / name, .threaded = threaded},
                                   std::move(box).value(), clock, random);
    if (!store) fail(store.error().to_string());
    return std::move(store).value();
  }

  template <class T>
  static Task<void> take(Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(loop, take(std::move(task), result), boost::asio::detached);
    loop.restart();
    loop.run();
    return *std::move(result);
  }
};

Task<void> accept_until(SqliteStore& store, Random& random,
                        std::chrono::steady_clock::time_point end, std::size_t& accepted) {
  while (std::chrono::steady_clock::now() < end) {
    std::vector<NewEvent> events;
    events.push_back(event(random, 1));
    const auto receipts = co_await store.accept(std::move(events));
    if (!receipts) fail(receipts.error().to_string());
    ++accepted;
  }
}

double accepted_per_second(Bench& bench) {
  const auto store = bench.open("accept.db", true);
  if (!bench.run(store->create(stream(DefaultSubjects::ALL), 1))) fail("create");
  std::size_t accepted = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < producers; ++i) {
    boost::asio::co_spawn(bench.loop,
                          accept_until(*store, bench.random, start + measured, accepted),
                          boost::asio::detached);
  }
  bench.loop.restart();
  bench.loop.run();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  return static_cast<double>(accepted) / spent.count();
}

Result<void> add_subjects(sqlite::Work& work, int count) {
  TOCSIN_CHECK(sqlite::create_stream(work, stream(DefaultSubjects::NONE), 1));
  for (int n = 0; n < count; ++n) {
    TOCSIN_CHECK(sqlite::add_subject(work, {.owner = owner(),
                                            .stream_id = "s1",
                                            .subject = user(static_cast<std::uint64_t>(n)),
                                            .verified = true,
                                            .subjects_max = many}));
  }
  return {};
}

std::unique_ptr<SqliteStore> with_subjects(Bench& bench, const std::string& name, int count) {
  fill_store(bench.folder / name, store_key,
             [count](sqlite::Work& work) { return add_subjects(work, count); });
  return bench.open(name, false);
}

// One transaction of events about subjects all over the index.
void accept_batch(Bench& bench, SqliteStore& store, int subjects) {
  std::vector<NewEvent> events;
  for (int i = 0; i < batch; ++i) {
    events.push_back(event(bench.random, bench.random.below(static_cast<std::uint64_t>(subjects))));
  }
  const auto receipts = bench.run(store.accept(std::move(events)));
  if (!receipts || receipts->front().streams != 1) fail("an event met no stream");
}

// The way of a batch of SETs through the ledger, in a transaction for each step.
class Carried {
 public:
  explicit Carried(Bench& bench) : bench_(bench), store_(bench.open("carry.db", false)) {
    must(bench_.run(store_->create(stream(DefaultSubjects::ALL), 1)).has_value(), "create");
  }

  void carry() {
    std::vector<NewEvent> events;
    for (int i = 0; i < batch; ++i) {
      events.push_back(event(bench_.random, bench_.random.below(few)));
    }
    must(step(0, store_->accept(std::move(events))).has_value(), "accept");
    const auto sets = value_of(step(1, store_->pending("s1", 0, batch)), "pending");
    must(sets.size() == batch, "SETs are missing");
    std::vector<Signed> signatures;
    std::vector<Settled> outcomes;
    for (const PendingSet& set : sets) {
      signatures.push_back({"s1", set.number, "key-1", std::string(700, 'x')});
      outcomes.push_back({"s1", set.number, Settled::State::delivered, {}, {}, "http 202"});
    }
    must(step(2, store_->keep(std::move(signatures))).has_value(), "keep");
    must(step(3, store_->settle(std::move(outcomes))).has_value(), "settle");
  }

  void print() const {
    static constexpr const char* names[] = {"accept an event", "read its SET", "keep its bytes",
                                            "settle it"};
    for (std::size_t i = 0; i < lowest_.size(); ++i) {
      std::printf("| %s, µs of CPU | | %.1f | | | |\n", names[i], lowest_[i] / batch);
    }
  }

 private:
  template <class T>
  T step(std::size_t number, Task<T> task) {
    const double begin = thread_microseconds();
    T result = bench_.run(std::move(task));
    lowest_[number] = std::min(lowest_[number], thread_microseconds() - begin);
    return result;
  }

  Bench& bench_;
  std::unique_ptr<SqliteStore> store_;
  std::array<double, 4> lowest_{1e30, 1e30, 1e30, 1e30};
};

void print_carried(Bench& bench) {
  Carried carried(bench);
  for (int i = 0; i < 60; ++i) carried.carry();
  carried.print();
}

// What an event costs when a thousand subjects are registered, and when a million are.
bool print_subjects(Bench& bench) {
  const auto small = with_subjects(bench, "few.db", few);
  const auto large = with_subjects(bench, "many.db", many);
  std::vector<bench::Arm> arms;
  arms.push_back({.name = "few", .once = [&] { accept_batch(bench, *small, few); }});
  arms.push_back({.name = "many", .once = [&] { accept_batch(bench, *large, many); }});
  bench::run(arms, {});
  return print_against("accept an event, 1000000 subjects, µs of CPU; floor: with 1000",
                       arms[0].lowest / batch, arms[1].lowest / batch, ratio_max);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  Bench bench;
  std::printf("## store_bench\n\n%s", table_head);
  bool kept = true;
  if (only.empty() || only == "accept") {
    kept &= print_at_least("events accepted a second, one by one from 64 coroutines",
                           accepted_per_second(bench), accepted_goal);
  }
  if (only.empty() || only == "carry") print_carried(bench);
  if (only.empty() || only == "subjects") kept &= print_subjects(bench);
  return kept ? 0 : 1;
}
