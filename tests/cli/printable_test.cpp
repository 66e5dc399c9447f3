#include "cli/printable.h"

#include <gtest/gtest.h>

#include "tocsin/json.h"

namespace tocsin::cli {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable("Zoë, 日本語, 🙂 \\ \""), "Zoë, 日本語, 🙂 \\ \"");
}

TEST(Printable, SEC_58_EscapesWhatATerminalObeys) {
  EXPECT_EQ(printable("\x1b[31mred\a\x7f"), "\\x1b[31mred\\x07\\x7f");
  EXPECT_EQ(printable("one\r\ntwo\tthree"), "one\\x0d\\x0atwo\\x09three");
  EXPECT_EQ(printable("\u009b31m"), "\\u{009b}31m");  // CSI as one character
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, SEC_58_EscapesWhatHidesOrTurnsText) {
  EXPECT_EQ(printable("user\u202egpj.exe"), "user\\u{202e}gpj.exe");
  EXPECT_EQ(printable("a\u2066b\u200bc\ufeffd\u2028e"),
            "a\\u{2066}b\\u{200b}c\\u{feff}d\\u{2028}e");
  EXPECT_EQ(printable("\U000e0041"), "\\u{e0041}");  // a tag character
}

TEST(Printable, SEC_58_EscapesBytesThatAreNoText) {
  EXPECT_EQ(printable("a\xff"
                      "b\xc3"),
            "a\\xffb\\xc3");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
}

TEST(Printable, SEC_58_CutsLongTextAndSaysSo) {
  EXPECT_EQ(printable("aaaaa", 5), "aaaaa");
  EXPECT_EQ(printable("aaaaaa", 5), "aaaaa... (1 more bytes)");
  EXPECT_EQ(printable("aaaaéé", 5), "aaaaé... (2 more bytes)");
}

TEST(PrintableJson, SEC_58_EscapesWithoutChangingAValue) {
  const Json value = JsonObject{{"a\u202e", "x\x7f\u009b\u2066\U000e0041\xc3\xa9\n"}};
  const std::string text = printable_json(to_text(value));
  EXPECT_EQ(text, R"({"a\u202e":"x\u007f\u009b\u2066\udb40\udc41é\n"})");
  EXPECT_EQ(parse_json(text).value(), value);
}

}  // namespace
}  // namespace tocsin::cli
