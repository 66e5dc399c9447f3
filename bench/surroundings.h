// What a benchmark needs around what it measures: a folder, processes and what they used of the
// machine, nginx, wrk. Everything listens on loopback; whatever fails ends the program.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::bench {

[[noreturn]] void fail(const std::string& what);

inline void must(bool condition, const std::string& what) {
  if (!condition) fail(what);
}

template <class T>
T value_of(Result<T> result, const std::string& what) {
  if (!result) fail(what + ": " + result.error().to_string());
  return std::move(result).value();
}

// A folder that is gone when the program ends well.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Mode 0600.
void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);

// A certificate for 127.0.0.1 that vouches for itself: cert.pem, and key.pem.
void make_certificate(const Folder& folder);

// With stdout and stderr in the file `output`.
pid_t start(const std::vector<std::string>& words, const std::string& output);

// The seconds of CPU it used. It must end with 0.
double run_to_end(const std::vector<std::string>& words, const std::string& output);

double cpu_seconds_of(pid_t process);  // so far, in steps of 10 ms
double resident_mebibytes_of(pid_t process);

// A port the kernel says is free.
std::uint16_t free_port();
bool answers(std::uint16_t port);  // whether somebody listens there

// Descriptors for many connections, as far as the system allows.
void allow_descriptors(std::uint64_t count);

// nginx that answers 202 to everything over TLS with the folder's certificate, in one process.
class Nginx {
 public:
  explicit Nginx(const Folder& folder, int connections_max = 1024);
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;
  ~Nginx();
  std::uint16_t port() const { return port_; }
  double cpu_seconds() const { return cpu_seconds_of(pid_); }

 private:
  std::uint16_t port_;
  pid_t pid_ = 0;
};

struct Load {
  std::string url;
  std::string token;   // a bearer token
  std::string script;  // Lua that defines `body(n)`, the n-th of the bodies that are sent in turn
  int bodies = 1;
  int connections = 64;
  std::chrono::seconds length{5};
};

struct LoadAnswer {
  double per_second = 0;
  double requests = 0;
  double cpu_seconds = 0;  // of wrk
};

// wrk posts JSON for as long as asked. Every answer must be a success.
LoadAnswer run_wrk(const Folder& folder, const Load& load);

// Lua for Load::script: events about as many different subjects.
std::string event_script();

// The middle of many fdatasyncs of a page, on the folder's disk.
std::chrono::duration<double> fdatasync_median(const Folder& folder);

}  // namespace tocsin::bench
