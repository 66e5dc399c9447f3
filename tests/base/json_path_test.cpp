#include "base/json_path.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(JsonPath, WritesAJsonPointer) {
  const JsonPath root("/sub_id");
  EXPECT_EQ(root.text(), "/sub_id");
  const JsonPath list = root.member("identifiers");
  const JsonPath third = list.element(2);
  EXPECT_EQ(third.member("uri").text(), "/sub_id/identifiers/2/uri");
  EXPECT_EQ(JsonPath().text(), "");
}

TEST(JsonPath, EscapesAsRfc6901Says) {
  const JsonPath root;
  EXPECT_EQ(root.member("https://a/~b").text(), "/https:~1~1a~1~0b");
  EXPECT_EQ(root.member("").text(), "/");
}

}  // namespace
}  // namespace tocsin
