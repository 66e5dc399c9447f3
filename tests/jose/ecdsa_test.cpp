#include "jose/ecdsa.h"

#include <gtest/gtest.h>

#include <string>

namespace tocsin::jose {
namespace {

std::string hex(std::string_view digits) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return octets;
}

const std::string p256_order =
    hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const std::string p384_order =
    hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        "581a0db248b0a77aecec196accc52973");

std::string number(std::size_t size, unsigned char value) {
  return std::string(size - 1, '\0') + static_cast<char>(value);
}

std::string der_of(KeyType type, const std::string& raw) {
  EcdsaDer der;
  if (!ecdsa_raw_to_der(type, raw, der)) return "refused";
  return {reinterpret_cast<const char*>(der.octets.data()), der.size};
}

TEST(Ecdsa, AL_06_TakesScalarsFromOneToTheOrderLessOne) {
  for (const auto& [type, order] :
       {std::pair(KeyType::p256, p256_order), std::pair(KeyType::p384, p384_order)}) {
    std::string below = order;
    --below.back();
    std::string above = order;
    ++above.back();
    EXPECT_TRUE(is_scalar(type, number(order.size(), 1)));
    EXPECT_TRUE(is_scalar(type, below));
    EXPECT_FALSE(is_scalar(type, number(order.size(), 0)));
    EXPECT_FALSE(is_scalar(type, order));
    EXPECT_FALSE(is_scalar(type, above));
    EXPECT_FALSE(is_scalar(type, std::string(order.size(), '\xff')));
    EXPECT_FALSE(is_scalar(type, below.substr(1)));
    EXPECT_FALSE(is_scalar(type, '\0' + below));
    EXPECT_FALSE(is_scalar(type, ""));
  }
}

TEST(Ecdsa, SEC_27_RefusesRawSignaturesOfZeroOrOfAnotherLength) {
  const std::string one = number(32, 1);
  EXPECT_EQ(der_of(KeyType::p256, number(32, 0) + one), "refused");
  EXPECT_EQ(der_of(KeyType::p256, one + number(32, 0)), "refused");
  EXPECT_EQ(der_of(KeyType::p256, one + p256_order), "refused");
  EXPECT_EQ(der_of(KeyType::p256, one + one.substr(1)), "refused");
  EXPECT_EQ(der_of(KeyType::p256, '\0' + one + one), "refused");
  EXPECT_EQ(der_of(KeyType::p256, ""), "refused");
  EXPECT_EQ(der_of(KeyType::p384, one + one), "refused");
}

TEST(Ecdsa, WritesTheShortestDer) {
  EXPECT_EQ(der_of(KeyType::p256, number(32, 1) + number(32, 0x80)), hex("300702010102020080"));
  EXPECT_EQ(der_of(KeyType::p256, number(32, 0x7f) + number(32, 0xff)), hex("3007"
                                                                            "02017f"
                                                                            "020200ff"));
  std::string below = p384_order;
  --below.back();
  EXPECT_EQ(der_of(KeyType::p384, below + below).size(), 2 + 2 * (2 + 1 + 48));
}

TEST(Ecdsa, ReadsBackWhatItWrote) {
  for (const std::string& raw : {number(32, 1) + number(32, 0x80),
                                 p256_order.substr(16) + std::string(16, 'x') + number(32, 0xff)}) {
    std::string back;
    ASSERT_TRUE(ecdsa_der_to_raw(KeyType::p256, der_of(KeyType::p256, raw), back));
    EXPECT_EQ(back, raw);
  }
}

TEST(Ecdsa, RefusesDerThatIsNotTwoIntegersThatFit) {
  std::string raw;
  for (const char* const digits :
       {"", "30", "3000", "300602010102010100", "3005020101020101", "300602010102010",
        "310602010102010", "3006020101030101", "308006020101020101"}) {
    EXPECT_FALSE(ecdsa_der_to_raw(KeyType::p256, hex(digits), raw)) << digits;
  }
  const std::string too_long = hex("3026022101") + std::string(32, 'x') + hex("020101");
  EXPECT_FALSE(ecdsa_der_to_raw(KeyType::p256, too_long, raw));
}

}  // namespace
}  // namespace tocsin::jose
