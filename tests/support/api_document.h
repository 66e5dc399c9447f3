// docs/openapi.json, and what it says about a request and its answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/json.h"

namespace tocsin::test {

class ApiDocument {
 public:
  // Of this tree. Throws if it cannot be read.
  static const ApiDocument& ours();

  struct Operation {
    std::string method;
    std::string path;  // as in a route: "/ssf/poll/{stream_id}"
    const Json* item;
  };
  const std::vector<Operation>& operations() const noexcept { return operations_; }
  std::string version() const;

  // nullptr: the document does not have it. `path` is one that is asked for.
  const Operation* find(std::string_view method, std::string_view path) const;

  struct Answer {
    unsigned status = 0;
    std::string type;  // empty: no Content-Type
    std::string body;
  };
  // What is wrong with an answer to this operation. Empty: nothing.
  std::string judge(const Operation& operation, const Answer& answer) const;
  // The same for what was asked for; nothing is wrong with what the document does not have.
  std::string judge(std::string_view method, std::string_view path, const Answer& answer) const;

  // References that lead nowhere, schemas with a word that judge() does not know.
  std::vector<std::string> defects() const;

 private:
  explicit ApiDocument(Json root);
  const Json& resolved(const Json& value) const;
  std::string judge_value(const Json& schema, const Json& value, const std::string& at) const;
  std::string judge_object(const Json& schema, const JsonObject& object,
                           const std::string& at) const;
  void look_for_defects(const Json& value, const std::string& at,
                        std::vector<std::string>& found) const;

  Json root_;
  std::vector<Operation> operations_;
};

}  // namespace tocsin::test
