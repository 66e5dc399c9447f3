// docs/openapi.json says what the listeners of `tocsin serve` answer: no route more, none less.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "app/config_file.h"
#include "app/init.h"
#include "app/service.h"
#include "support/api_document.h"
#include "support/temporary_folder.h"
#include "tocsin/version.h"

namespace tocsin::app {
namespace {

using test::ApiDocument;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

const Json* find(const Json& object, std::string_view name) {
  return object.as_object() == nullptr ? nullptr : object.as_object()->find(name);
}

std::vector<std::string> names_of(const Json* object) {
  std::vector<std::string> names;
  if (object == nullptr || object->as_object() == nullptr) return names;
  for (const JsonMember& member : *object->as_object()) names.push_back(member.name);
  return names;
}

std::string name_of(const http::Route& route) {
  return route.method + " " + route.path;
}

// A process from a fresh folder, which does not listen.
class ApiDocumentTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = init_transmitter({.folder = folder_.file("signals"), .algorithm = "ES256"});
    ASSERT_TRUE(made) << made.error().to_string();
    ConfigAnswer answer = load_config(made->config_file);
    ASSERT_TRUE(answer.config);
    machine_ = Machine::open(*answer.config).value();
    log_ = std::make_unique<Log>(null_, LogLevel::error, machine_->clock);
    auto service = Service::open(*std::move(answer.config), {*machine_, *log_, manager_});
    ASSERT_TRUE(service) << service.error().to_string();
    service_ = *std::move(service);
    routes_ = service_->public_routes();
    std::ranges::move(service_->admin_routes().value(), std::back_inserter(routes_));
  }
  ~ApiDocumentTest() override { ::close(null_); }

  const ApiDocument& document_ = ApiDocument::ours();
  const tocsin::test::TemporaryFolder folder_;
  const ServiceManager manager_ = ServiceManager::from_environment();
  const int null_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Service> service_;
  std::vector<http::Route> routes_;
};

TEST_F(ApiDocumentTest, HasEveryRouteAndNoOther) {
  std::vector<std::string> served;
  for (const http::Route& route : routes_) served.push_back(name_of(route));
  std::vector<std::string> documented;
  for (const auto& operation : document_.operations()) {
    documented.push_back(operation.method + " " + operation.path);
  }
  EXPECT_THAT(documented, UnorderedElementsAreArray(served));
  EXPECT_EQ(document_.version(), TOCSIN_VERSION);
  EXPECT_THAT(document_.defects(), ElementsAre());
}

// What a caller needs, as the document writes it.
JsonArray security_of(const http::Access& access) {
  JsonArray choices;
  if (access.name() == "admin") choices.emplace_back(JsonObject{{"adminToken", JsonArray{}}});
  for (const std::string& scope : access.scopes()) {
    choices.emplace_back(JsonObject{{"accessToken", JsonArray{scope}}});
  }
  return choices;
}

TEST_F(ApiDocumentTest, SEC_01_SaysWhoMayCallEachRoute) {
  for (const http::Route& route : routes_) {
    const auto* operation = document_.find(route.method, route.path);
    ASSERT_NE(operation, nullptr) << name_of(route);
    const Json* security = find(*operation->item, "security");
    ASSERT_NE(security, nullptr) << name_of(route);
    const JsonArray& choices = *security->as_array();
    if (route.access.is_open()) {
      const bool anybody =
          choices.empty() || std::ranges::find(choices, Json(JsonObject{})) != choices.end();
      EXPECT_TRUE(anybody) << name_of(route);
    } else {
      EXPECT_EQ(to_text(choices), to_text(security_of(route.access))) << name_of(route);
      EXPECT_FALSE(choices.empty()) << name_of(route);
    }
  }
}

TEST_F(ApiDocumentTest, SaysWhichBodiesARouteTakes) {
  for (const http::Route& route : routes_) {
    const auto* operation = document_.find(route.method, route.path);
    ASSERT_NE(operation, nullptr) << name_of(route);
    const Json* body = find(*operation->item, "requestBody");
    ASSERT_EQ(body != nullptr, route.body_max > 0) << name_of(route);
    if (body == nullptr) continue;
    // Where no type is asked for, it is JSON all the same.
    const auto types = route.media_types.empty() ? std::vector<std::string>{"application/json"}
                                                 : route.media_types;
    EXPECT_THAT(names_of(find(*body, "content")), UnorderedElementsAreArray(types))
        << name_of(route);
  }
}

TEST_F(ApiDocumentTest, NamesTheVariableOfAPath) {
  for (const auto& operation : document_.operations()) {
    const std::size_t open = operation.path.find('{');
    std::string named;
    const Json* parameters = find(*operation.item, "parameters");
    for (const Json& each : parameters == nullptr ? JsonArray{} : *parameters->as_array()) {
      if (*find(each, "in")->as_string() == "path")
        named += "{" + *find(each, "name")->as_string() + "}";
    }
    EXPECT_EQ(named, open == std::string::npos ? "" : operation.path.substr(open));
  }
}

TEST(ApiDocumentAnswers, AreHeldToTheDocument) {
  const ApiDocument& document = ApiDocument::ours();
  const auto* audit = document.find("GET", "/admin/audit?limit=1");
  ASSERT_NE(audit, nullptr);
  EXPECT_EQ(document.find("GET", "/admin/audit/1"), nullptr);
  EXPECT_NE(document.find("GET", "/admin/deliveries/s1.1"), nullptr);
  EXPECT_EQ(document.find("GET", "/admin/deliveries/s1/1"), nullptr);
  const auto judge = [&](unsigned status, const std::string& type, const std::string& body) {
    return document.judge(*audit, {.status = status, .type = type, .body = body});
  };
  const std::string json = "application/json";
  EXPECT_EQ(judge(200, json, R"({"records":[]})"), "");
  EXPECT_THAT(judge(200, json, R"({"records":{}})"),
              HasSubstr("/records: object instead of array"));
  EXPECT_THAT(judge(200, json, "{}"), HasSubstr("no records"));
  EXPECT_THAT(judge(200, json, R"({"records":[{"number":1}]})"), HasSubstr("/records/-: no at"));
  EXPECT_THAT(judge(200, json, R"({"records":[],"next":1.5})"), HasSubstr("/next: number"));
  EXPECT_THAT(judge(200, json, R"({"records":[],"total":1})"), HasSubstr("not in the document"));
  EXPECT_THAT(judge(200, "text/plain", "x"), HasSubstr("no such media type"));
  EXPECT_THAT(judge(204, "", ""), HasSubstr("no such status"));
  EXPECT_EQ(judge(418, "application/problem+json",
                  R"({"title":"t","status":418,"detail":"d","code":"c"})"),
            "");
  EXPECT_THAT(judge(418, "application/problem+json", R"({"title":"t"})"), HasSubstr("no status"));
}

}  // namespace
}  // namespace tocsin::app
