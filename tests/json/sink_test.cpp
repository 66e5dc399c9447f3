// Both sinks take the same calls: what one writes, the other builds.
#include "json/sink.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

void write_sample(JsonSink& sink) {
  sink.begin_object();
  sink.member("a\nname", "text with a \"quote\" and\ta tab, long enough for several words");
  sink.name("numbers");
  sink.begin_array();
  sink.number(JsonNumber(-7));
  sink.begin_array();
  sink.end_array();
  sink.boolean(true);
  sink.null();
  sink.end_array();
  sink.name("empty");
  sink.begin_object();
  sink.end_object();
  sink.end_object();
}

TEST(JsonSink, TheTextIsTheTextOfTheTree) {
  JsonTextSink text(0);  // grows from nothing
  write_sample(text);
  const std::string written = std::move(text).take();
  EXPECT_EQ(written,
            R"({"a\nname":"text with a \"quote\" and\ta tab, long enough for several words",)"
            R"("numbers":[-7,[],true,null],"empty":{}})");
  JsonTreeSink tree;
  write_sample(tree);
  EXPECT_EQ(to_text(std::move(tree).take()), written);
}

TEST(JsonSink, EveryOctetIsEscapedWhereverItStands) {
  for (int octet = 0; octet < 128; ++octet) {
    for (std::size_t before = 0; before < 18; ++before) {
      const std::string text = std::string(before, 'x') + static_cast<char>(octet) + "0123456789";
      EXPECT_EQ(parse_json(to_text(text)).value(), Json(text)) << octet << " after " << before;
    }
  }
}

}  // namespace
}  // namespace tocsin
