#include <gmock/gmock.h>

#include "api.h"

namespace tocsin::transmitter {
namespace {

class SubjectApi : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  static std::string naming(const std::string& id, std::string_view subject,
                            std::string_view more = "") {
    return R"({"stream_id":")" + id + R"(","subject":)" + std::string(subject) + std::string(more) +
           "}";
  }
  http::Response add(const std::string& body) { return call("POST", "/ssf/subjects/add", body); }
  http::Response remove(const std::string& body) {
    return call("POST", "/ssf/subjects/remove", body);
  }

  const std::string email_ = R"({"format":"email","email":"a@example.com"})";
};

TEST_F(SubjectApi, SSF_8_1_3_2_04_A_22_AddAnswers200AndNothing) {
  const std::string id = create();
  const http::Response response = add(naming(id, email_));
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, "");
  ASSERT_EQ(store_.subject_calls.size(), 1U);
  EXPECT_EQ(store_.subject_calls[0].stream_id, id);
  EXPECT_TRUE(is_same_entry(store_.subject_calls[0].subject, email_subject("a@example.com")));
}

TEST_F(SubjectApi, SSF_8_1_3_3_02_RemoveAnswers204AndNothing) {
  const std::string id = create();
  const http::Response response = remove(naming(id, email_));
  EXPECT_EQ(response.status, 204U);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(store_.subject_calls.at(0).what, "remove");
}

TEST_F(SubjectApi, SSF_8_1_3_2_02_03_VerifiedIsABooleanAndTrueIfAbsent) {
  const std::string id = create();
  add(naming(id, email_));
  add(naming(id, email_, R"(,"verified":false)"));
  EXPECT_EQ(add(naming(id, email_, R"(,"verified":"no")")).status, 400U);
  ASSERT_EQ(store_.subject_calls.size(), 2U);
  EXPECT_TRUE(store_.subject_calls[0].verified);
  EXPECT_FALSE(store_.subject_calls[1].verified);
}

TEST_F(SubjectApi, SSF_8_1_3_2_01_SSF_8_1_3_3_01_RefusesWhatIsNotWhole) {
  const std::string id = create();
  for (const std::string& body :
       {std::string("{"), std::string("[]"), R"({"subject":)" + email_ + "}",
        R"({"stream_id":")" + id + R"("})", naming(id, "7"), naming(id, "{}"),
        naming(id, R"({"format":"email"})"), naming(id, R"({"format":"complex"})")}) {
    EXPECT_EQ(add(body).status, 400U) << body;
    EXPECT_EQ(remove(body).status, 400U) << body;
  }
  EXPECT_TRUE(store_.subject_calls.empty());
}

TEST_F(SubjectApi, SSF_8_1_3_2_07_SSF_8_1_3_3_04_TellsUnknownStreamsAndCallersApart) {
  EXPECT_EQ(add(naming("none", email_)).status, 404U);
  EXPECT_EQ(remove(naming("none", email_)).status, 404U);
  for (const char* path : {"/ssf/subjects/add", "/ssf/subjects/remove"}) {
    EXPECT_EQ(call("POST", path, naming("none", email_), "unheard-of").status, 401U);
    EXPECT_EQ(call("POST", path, naming("none", email_), "acme-reader").status, 403U);
    EXPECT_EQ(call("POST", path, naming("none", "7")).status, 400U);
  }
}

TEST_F(SubjectApi, PRX_8_1_3_01_SSF_8_1_3_3_03_AgainIsTheSameAnswer) {
  const std::string id = create();
  EXPECT_EQ(remove(naming(id, email_)).status, 204U);
  EXPECT_EQ(add(naming(id, email_)).status, 200U);
  EXPECT_EQ(add(naming(id, email_)).status, 200U);
  EXPECT_EQ(remove(naming(id, email_)).status, 204U);
  EXPECT_EQ(remove(naming(id, email_)).status, 204U);
}

// Covers: SSF-8.1.3.2-05, SSF-8.1.3.2-06, SSF-9.1-02.
TEST_F(SubjectApi, SEC_13_SSF_9_1_01_SEC_14_APermittedSubjectAndAnyOtherLookAlike) {
  const std::string id = create();
  tenant_->replace_receivers(
      {{{"https://as", "acme"},
        {.subjects = SubjectScope::listed, .subjects_listed = {email_subject("a@example.com")}}}});
  const http::Response permitted = add(naming(id, email_));
  const http::Response other =
      add(naming(id, R"({"format":"email","email":"stranger@example.com"})"));
  EXPECT_EQ(permitted.status, other.status);
  EXPECT_EQ(permitted.body, other.body);
  EXPECT_EQ(permitted.headers.size(), other.headers.size());
  EXPECT_EQ(store_.subject_calls.size(), 2U) << "the same work is done for both";
}

// Covers: SSF-8.1.5-10.
TEST_F(SubjectApi, SSF_8_1_3_05_A_23_TheStreamItselfCannotBeRemoved) {
  const std::string id = create();
  const std::string itself = R"({"format":"opaque","id":")" + id + R"("})";
  EXPECT_EQ(remove(naming(id, itself)).status, 400U);
  EXPECT_EQ(call("POST", "/ssf/verification", R"({"stream_id":")" + id + R"("})").status, 204U);
  EXPECT_EQ(jtis(poll(id)).size(), 1U);
}

TEST_F(SubjectApi, SEC_15_AComplexSubjectNamesAMemberWeKnow) {
  const std::string id = create();
  const std::string only_extension = R"({"format":"complex","x":{"format":"opaque","id":"1"}})";
  EXPECT_EQ(code_of(add(naming(id, only_extension))), "subject.member");
}

class FewSubjectsApi : public SubjectApi {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.subjects_max = 1;
    return terms;
  }
  FewSubjectsApi() : SubjectApi(terms()) {}
};

TEST_F(FewSubjectsApi, SSF_8_1_3_2_07_SEC_19_BeyondTheLimitIs429WithRetryAfter) {
  const std::string id = create();
  EXPECT_EQ(add(naming(id, email_)).status, 200U);
  const http::Response response = add(naming(id, R"({"format":"email","email":"b@example.com"})"));
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(code_of(response), "subject.limit");
  EXPECT_NE(response.headers.find("Retry-After"), nullptr);
}

}  // namespace
}  // namespace tocsin::transmitter
