#include "base/outer_faces.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(OuterFaces, AStatusSaysWhoseFaultItIs) {
  EXPECT_EQ(http_status(ErrorKind::invalid), 400U);
  EXPECT_EQ(http_status(ErrorKind::too_large), 413U);
  EXPECT_EQ(http_status(ErrorKind::unauthenticated), 401U);
  EXPECT_EQ(http_status(ErrorKind::forbidden), 403U);
  EXPECT_EQ(http_status(ErrorKind::not_found), 404U);
  EXPECT_EQ(http_status(ErrorKind::conflict), 409U);
  EXPECT_EQ(http_status(ErrorKind::too_many), 429U);
  EXPECT_EQ(http_status(ErrorKind::unavailable), 503U);
  EXPECT_EQ(http_status(ErrorKind::internal), 500U);
}

TEST(OuterFaces, AnExitCodeTellsAVerdictFromATroubleOfOurs) {
  EXPECT_EQ(exit_code(Errc::claim_missing), Exit::no);
  EXPECT_EQ(exit_code(Errc::http_too_large), Exit::no);
  EXPECT_EQ(exit_code(Errc::http_unauthenticated), Exit::standing);
  EXPECT_EQ(exit_code(Errc::claim_replay), Exit::standing);
  EXPECT_EQ(exit_code(Errc::net_timeout), Exit::unavailable);
  EXPECT_EQ(exit_code(Errc::http_too_many), Exit::unavailable);
  EXPECT_EQ(exit_code(Errc::internal_error), Exit::internal);
}

TEST(OuterFaces, WhatTheCallerConfiguredWronglyIsUsage) {
  EXPECT_EQ(exit_code(Errc::config_invalid), Exit::usage);
  EXPECT_EQ(exit_code(Errc::file_unreadable), Exit::usage);
  EXPECT_EQ(exit_code(Errc::file_mode), Exit::usage);
  EXPECT_EQ(exit_code(Errc::url_syntax), Exit::usage);
  EXPECT_EQ(exit_code(Errc::address_refused), Exit::usage);
}

}  // namespace
}  // namespace tocsin
