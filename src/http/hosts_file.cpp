#include "http/hosts_file.h"

#include <algorithm>
#include <sstream>

namespace tocsin::http {
namespace {

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

// The words of the next line up to a comment; false at the end of the file.
bool next_line(std::istream& file, std::string_view comment, std::vector<std::string>& words) {
  std::string line;
  if (!std::getline(file, line)) return false;
  std::istringstream rest(line.substr(0, line.find_first_of(comment)));
  words.clear();
  for (std::string word; rest >> word;) words.push_back(std::move(word));
  return true;
}

}  // namespace

HostTable read_hosts(std::istream& file) {
  HostTable table;
  std::vector<std::string> words;
  while (next_line(file, "#", words)) {
    if (words.empty()) continue;
    const auto address = parse_ip_address(words.front());
    if (!address) continue;
    for (std::size_t i = 1; i < words.size(); ++i) {
      table[lowered(std::move(words[i]))].push_back(*address);
    }
  }
  return table;
}

std::vector<IpAddress> read_nameservers(std::istream& file) {
  std::vector<IpAddress> servers;
  std::vector<std::string> words;
  while (next_line(file, "#;", words)) {
    if (words.size() < 2 || words.front() != "nameserver") continue;
    if (const auto address = parse_ip_address(words[1])) servers.push_back(*address);
  }
  return servers;
}

}  // namespace tocsin::http
