// What Prometheus is told, what the page of metrics says about it, and what the dashboard asks for.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::ask;
using test::RawResponse;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::UnorderedElementsAreArray;

std::string content_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The first group of every match.
std::set<std::string> all_of(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

class Metrics : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    start();
    log_in();
  }

  std::string page() {
    const RawResponse metrics =
        ask(serving_->admin_port(), {.path = "/metrics", .authorization = admin_token()});
    EXPECT_EQ(metrics.status, 200U);
    return metrics.body;
  }

  // The page once it has the line; the numbers of streams are a few seconds old.
  std::string page_with(const std::string& line) {
    std::string text = page();
    for (int i = 0; i < 400 && text.find(line) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      text = page();
    }
    EXPECT_THAT(text, HasSubstr(line));
    return text;
  }

  void publish(const std::string& who) {
    const RawResponse accepted =
        post(producer_token_, "/events",
             JsonObject{{"type", "caep:session-revoked"},
                        {"subject", JsonObject{{"format", "email"}, {"email", who}}},
                        {"event", JsonObject{{"reason_admin", JsonObject{{"en", "Left"}}}}}});
    EXPECT_EQ(accepted.status, 202U) << accepted.body;
  }
};

TEST_F(Metrics, REL_27_ThePageOfMetricsAndTheDashboardNameWhatThereIs) {
  receiver_.answer_with(503);
  create_push_stream();
  create_poll_stream();
  publish("jdoe@example.com");
  const std::string text = page_with("\ntocsin_stream_pending_sets{");

  const auto told = all_of(text, std::regex("# TYPE (tocsin_\\w+) "));
  const auto documented =
      all_of(content_of(TOCSIN_METRICS_PAGE), std::regex("\\| `(tocsin_\\w+)` \\|"));
  EXPECT_THAT(documented, UnorderedElementsAreArray(told));

  std::set<std::string> asked;
  for (std::string name : all_of(content_of(TOCSIN_DASHBOARD), std::regex("(tocsin_\\w+)"))) {
    if (name.ends_with("_bucket")) name.resize(name.size() - 7);
    asked.insert(name);
  }
  EXPECT_THAT(asked, IsSubsetOf(told));
  EXPECT_GT(asked.size(), 15U);
}

TEST_F(Metrics, SEC_59_NoLabelNamesASubject) {
  create_poll_stream();
  publish("canary-subject@example.com");
  const std::string text = page_with("\ntocsin_stream_pending_sets{");
  EXPECT_EQ(text.find("canary"), std::string::npos);
  EXPECT_EQ(text.find('@'), std::string::npos);
  for (const std::string& label : all_of(text, std::regex("[{,](\\w+)=\""))) {
    EXPECT_THAT((std::set<std::string>{"version", "issuer", "outcome", "state", "method", "status",
                                       "stream", "le", "server", "reason"}),
                testing::Contains(label));
  }
}

TEST_F(Metrics, REL_27_AnOutageMovesTheNumbersOfItsStream) {
  receiver_.answer_with(503);
  const std::string stream = create_push_stream();
  publish("jdoe@example.com");
  std::string text = page_with("tocsin_stream_pending_sets{stream=\"" + stream + "\"} 1\n");
  EXPECT_THAT(text, HasSubstr("tocsin_pending_sets{method=\"push\",status=\"enabled\"} 1\n"));
  text = page_with("tocsin_push_streams_failing 1\n");
  EXPECT_THAT(text, HasSubstr("tocsin_sets_total{state=\"delivered\"} 0\n"));
  receiver_.answer_with(202);
  text = page_with("tocsin_sets_total{state=\"delivered\"} 1\n");
  EXPECT_EQ(text.find("tocsin_store_commit_seconds_count 0\n"), std::string::npos);
  EXPECT_EQ(text.find("tocsin_set_retries_total 0\n"), std::string::npos);
}

}  // namespace
}  // namespace tocsin
