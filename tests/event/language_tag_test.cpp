// Which texts are language tags (RFC 5646 2.1), and which text a reader gets (RFC 4647 3.4).
#include "event/language_tag.h"

#include <gtest/gtest.h>

#include <string>

#include "tocsin/event.h"

namespace tocsin {
namespace {

TEST(LanguageTag, EV_20_TakesTheExamplesOfRfc5646AppendixA) {
  for (const char* tag : {"de",
                          "fr",
                          "ja",
                          "i-enochian",
                          "zh-Hant",
                          "zh-Hans",
                          "sr-Cyrl",
                          "sr-Latn",
                          "zh-cmn-Hans-CN",
                          "cmn-Hans-CN",
                          "zh-yue-HK",
                          "yue-HK",
                          "zh-Hans-CN",
                          "sr-Latn-RS",
                          "sl-rozaj",
                          "sl-rozaj-biske",
                          "sl-nedis",
                          "de-CH-1901",
                          "sl-IT-nedis",
                          "hy-Latn-IT-arevela",
                          "de-DE",
                          "en-US",
                          "es-419",
                          "de-CH-x-phonebk",
                          "az-Arab-x-AZE-derbend",
                          "x-whatever",
                          "qaa-Qaaa-QM-x-southern",
                          "de-Qaaa",
                          "sr-Latn-QM",
                          "sr-Qaaa-RS",
                          "en-US-u-islamcal",
                          "zh-CN-a-myext-x-private",
                          "en-a-myext-b-another"}) {
    EXPECT_TRUE(is_language_tag(tag)) << tag;
  }
}

TEST(LanguageTag, EV_20_TakesEveryShapeOfTheGrammar) {
  for (const char* tag : {"en",
                          "EN",
                          "und",
                          "abcd",
                          "abcde",
                          "abcdefgh",
                          "es-410",
                          "zh-min-nan",
                          "zh-abc-def-ghi",
                          "de-1996",
                          "de-12ab",
                          "de-abcde",
                          "de-abcde-fghij",
                          "en-a-bb",
                          "en-0-bb-cc",
                          "en-x-1",
                          "x-a",
                          "X-A-B",
                          "en-GB-oed",
                          "i-klingon",
                          "I-KLINGON",
                          "sgn-BE-FR",
                          "art-lojban",
                          "zh-guoyu",
                          "zh-xiang",
                          "en-a-bb-x-y"}) {
    EXPECT_TRUE(is_language_tag(tag)) << tag;
  }
}

TEST(LanguageTag, EV_20_RefusesWhatTheGrammarHasNoPlaceFor) {
  for (const char* tag : {"",
                          "*",
                          "e",
                          "en_US",
                          "en-",
                          "-en",
                          "en--US",
                          "en US",
                          "en-US-",
                          "abcdefghi",
                          "1n",
                          "e1",
                          "de-419-DE",
                          "a-DE",
                          "en-a",
                          "en-a-b",
                          "en-x",
                          "x",
                          "x-",
                          "x-123456789",
                          "en-x-123456789",
                          "en-abcdefghi",
                          "en-US-GB",
                          "en-US-Latn",
                          "zh-abc-def-ghi-jkl",
                          "abcd-abc",
                          "en-ü",
                          "i-none",
                          "en-u",
                          "en-u-x-y-",
                          "i",
                          "en-1",
                          "en-12",
                          "en-12b"}) {
    EXPECT_FALSE(is_language_tag(tag)) << tag;
  }
}

TEST(LanguageMap, EV_22_LooksUpTheReadersTagBySubtag) {
  LanguageMap map;
  map.texts = {{"fr", "bonjour"}, {"de-CH", "Grüezi"}, {"EN", "hello"}, {"zh-Hant", "您好"}};
  EXPECT_EQ(map.text_for("de-CH-1996"), "Grüezi");
  EXPECT_EQ(map.text_for("DE-ch"), "Grüezi");
  EXPECT_EQ(map.text_for("zh-Hant-x-private"), "您好") << "a singleton goes with its subtag";
  EXPECT_EQ(map.text_for("de"), "hello") << "the range is shortened, never the tag";
  EXPECT_EQ(map.text_for(""), "hello");
}

TEST(LanguageMap, EV_21_ATagThatOccursTwiceIsWrittenOnceWithTheTextTheReaderFinds) {
  caep::SessionRevoked event;
  event.reason_user = LanguageMap("en", "first");
  event.reason_user->texts.emplace_back("en", "second");
  EXPECT_EQ(to_text(to_json(Event(event))), R"({"reason_user":{"en":"first"}})");
}

TEST(LanguageMap, EV_22_FallsBackToTheFirstText) {
  EXPECT_EQ(LanguageMap("fr", "bonjour").text_for("de"), "bonjour");
  EXPECT_EQ(LanguageMap().text_for("de"), "");
}

TEST(LanguageMap, EV_21_TakesTheFirstOfTwoSpellings) {
  LanguageMap map;
  map.texts = {{"en-us", "first"}, {"en-US", "second"}};
  EXPECT_EQ(map.text_for("en-US"), "first");
}

}  // namespace
}  // namespace tocsin
