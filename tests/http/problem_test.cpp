#include "http/problem.h"

#include <gtest/gtest.h>

namespace tocsin::http {
namespace {

TEST(Problem, SaysStatusAndClass) {
  const Response response = to_response(Errc::stream_immutable, Face::problem);
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(*response.headers.find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"title":"Bad Request","status":400,)"
            R"("detail":"A member that the transmitter supplies cannot be changed.",)"
            R"("code":"stream.immutable"})");
}

TEST(Problem, SEC_32_SaysNothingOfTheDetail) {
  const Error error(Errc::claim_issuer, "expected https://idp.example.com");
  for (const Face face : {Face::problem, Face::push}) {
    EXPECT_EQ(to_response(error, face).body.find("idp.example"), std::string::npos);
  }
}

TEST(Problem, AsksToComeBackLaterWhenItMayHelp) {
  EXPECT_EQ(to_response(Errc::store_unavailable, Face::problem).status, 503u);
  EXPECT_NE(to_response(Errc::store_unavailable, Face::push).headers.find("Retry-After"), nullptr);
  EXPECT_NE(to_response(Errc::http_too_many, Face::problem).headers.find("Retry-After"), nullptr);
  EXPECT_EQ(to_response(Errc::internal_error, Face::problem).headers.find("Retry-After"), nullptr);
}

TEST(Problem, SEC_52_CarriesTheIncident) {
  EXPECT_NE(
      to_response(Errc::internal_error, Face::problem, "abc").body.find(R"("incident":"abc")"),
      std::string::npos);
}

TEST(PushAnswer, HasErrAndDescriptionInEnglish) {
  const Response response = to_response(Errc::jose_signature, Face::push);
  EXPECT_EQ(response.status, 400u);
  EXPECT_EQ(*response.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(*response.headers.find("Content-Language"), "en");
  EXPECT_EQ(response.body,
            R"({"err":"invalid_key","description":"The signature does not verify."})");
}

TEST(PushAnswer, IsAProblemWhereTheSetIsNotToBlame) {
  for (const Errc code : {Errc::http_media_type, Errc::http_too_large, Errc::store_unavailable}) {
    const Response response = to_response(code, Face::push);
    EXPECT_EQ(*response.headers.find("Content-Type"), "application/problem+json");
  }
}

TEST(PushAnswer, NamesAWrongCredentialInItsOwnWords) {
  const Response response = to_response(Errc::http_unauthenticated, Face::push);
  EXPECT_EQ(response.status, 401u);
  EXPECT_NE(response.body.find(R"("err":"authentication_failed")"), std::string::npos);
  EXPECT_EQ(to_response(Errc::http_forbidden, Face::push).status, 403u);
}

}  // namespace
}  // namespace tocsin::http
