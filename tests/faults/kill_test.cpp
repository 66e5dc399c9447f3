// kill -9 at random moments under load: TOCSIN_KILLS times (8 if unset), at moments that
// TOCSIN_SEED decides (random if unset).
#include <gmock/gmock.h>

#include <cstdlib>
#include <thread>

#include "faults/parties.h"
#include "jose/system_random.h"

namespace tocsin::test {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

void pause(std::uint32_t milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

void report(const History& history) {
  std::map<Publication::Answer, std::size_t> answers;
  for (const Publication& event : history.publications) ++answers[event.answer];
  std::cout << history.faults << " kills; events: " << answers[Publication::Answer::accepted]
            << " accepted, " << answers[Publication::Answer::refused] << " refused, "
            << answers[Publication::Answer::unknown]
            << " without an answer; SETs seen: " << history.sightings.size()
            << "; rows: " << history.rows.size() << '\n';
}

TEST(Kill, REL_01_02_03_04_05_06_15_TheBooksOfEverybodyAgreeAfterKillsAtRandomMoments) {
  const std::uint64_t kills = number_from("TOCSIN_KILLS", 8);
  const std::uint64_t seed = number_from("TOCSIN_SEED", SystemRandom().below(1'000'000));
  std::cout << "TOCSIN_SEED=" << seed << '\n';
  SeededRandom random(seed);

  Scene scene;
  scene.start();
  PushedReceiver pushed(scene, seed + 1);
  PushedReceiver paused(scene, seed + 2);
  const JsonArray both{std::string(session_revoked), std::string(credential_change)};
  const JsonArray revocations{std::string(session_revoked)};
  const std::string push_stream = pushed.create_stream(both);
  const std::string paused_stream = paused.create_stream(revocations);
  const std::string poll_stream =
      scene.create_stream({{"method", "urn:ietf:rfc:8936"}}, revocations);

  std::atomic<bool> may_poison = true;
  std::vector<std::jthread> producing;
  std::vector<std::jthread> others;
  for (std::uint64_t i = 0; i < 3; ++i) {
    producing.emplace_back([&, i](std::stop_token stop) {
      Producer(scene, {.name = "p" + std::to_string(i),
                       .seed = seed + 10 + i,
                       .revocations = {push_stream, paused_stream, poll_stream},
                       .changes = {push_stream},
                       .may_poison = &may_poison})
          .run(stop);
    });
  }
  std::jthread polling([&](std::stop_token stop) { Poller(scene, poll_stream).run(stop); });
  std::jthread pausing([&](std::stop_token stop) {
    using std::chrono::milliseconds;
    Pauser(scene, paused_stream, {.paused = milliseconds(3000), .enabled = milliseconds(1000)})
        .run(stop);
  });

  for (std::uint64_t i = 0; i < kills; ++i) {
    // So that what is refused has an end before the load has.
    may_poison = i < kills / 2;
    pause(30 + random.below(500));
    scene.kill();
    if (random.below(5) == 0) {
      scene.start_without_waiting();
      pause(random.below(100));
      scene.kill();
    }
    scene.start();
  }
  pause(2000);
  producing.clear();
  pausing.request_stop();
  pausing.join();
  const auto rest = scene.book.wait_for_the_rest(std::chrono::seconds(60));
  EXPECT_THAT(rest, testing::IsEmpty()) << scene.log();
  polling.request_stop();
  EXPECT_EQ(scene.stop(), 0) << scene.log();
  polling.join();

  History& history = scene.book.history();
  ASSERT_NO_FATAL_FAILURE(scene.read_rows());
  history.outputs.push_back({"the log", scene.log()});
  history.in_flight_max = 16;
  history.grace = std::chrono::seconds(2);
  report(history);
  EXPECT_GT(history.sightings.size(), 20 * kills);
  EXPECT_THAT(judge(history), testing::IsEmpty());
}

}  // namespace
}  // namespace tocsin::test
