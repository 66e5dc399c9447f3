// Test vectors: the files under tests/fixtures and their two indexes.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/json.h"

namespace tocsin::test {

// The absolute path of tests/fixtures.
std::string fixtures_folder();

// The file's bytes; a missing file fails the test that asked for it.
inline std::string read_fixture(std::string_view name) {
  const std::string path = fixtures_folder() + "/" + std::string(name);
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The file as JSON, read with generous limits (some collections of vectors are large).
inline Json read_json_fixture(std::string_view name) {
  const JsonLimits limits{.text_max = 8 << 20, .depth_max = 64, .members_max = 100'000};
  auto json = parse_json(read_fixture(name), limits);
  EXPECT_TRUE(json) << name << ": " << (json ? "" : json.error().to_string());
  return json ? std::move(json).value() : Json();
}

// One line of an INDEX.tsv: column name to text.
using IndexRow = std::map<std::string, std::string>;

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

inline std::vector<IndexRow> read_index(std::string_view name) {
  std::istringstream lines(read_fixture(name));
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> columns = split(line, '\t');
  std::vector<IndexRow> rows;
  while (std::getline(lines, line)) {
    const std::vector<std::string> cells = split(line, '\t');
    EXPECT_EQ(cells.size(), columns.size()) << line;
    IndexRow row;
    for (std::size_t i = 0; i < columns.size() && i < cells.size(); ++i) row[columns[i]] = cells[i];
    rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

// The `context` column of invalid/INDEX.tsv: name=value pairs parted by a space.
inline std::map<std::string, std::string> read_context(const IndexRow& row) {
  std::map<std::string, std::string> context;
  for (const std::string& pair : split(row.at("context"), ' ')) {
    const std::size_t equals = pair.find('=');
    if (equals != std::string::npos) context[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return context;
}

}  // namespace tocsin::test
