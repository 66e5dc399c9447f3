#include "bench/surroundings.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace tocsin::bench {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void fail(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", ::program_invocation_short_name, what.c_str());
  std::exit(1);
}

Folder::Folder() {
  char name[] = "/tmp/tocsin-bench-XXXXXX";
  must(::mkdtemp(name) != nullptr, "cannot make a folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void make_certificate(const Folder& folder) {
  run_to_end(
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
       folder / "key.pem", "-out", folder / "cert.pem"},
      folder / "openssl.log");
  ::chmod((folder / "key.pem").c_str(), 0600);
}

// What is started ends when this program does, however it ends.
pid_t start(const std::vector<std::string>& words, const std::string& output) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  must(file >= 0, "cannot write " + output);
  const pid_t pid = ::fork();
  must(pid >= 0, "cannot start " + words[0]);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(file);
  return pid;
}

double run_to_end(const std::vector<std::string>& words, const std::string& output) {
  const pid_t pid = start(words, output);
  int status = 0;
  rusage used{};
  ::wait4(pid, &status, 0, &used);
  if (status != 0) fail(words[0] + " failed: " + read_file(output));
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double cpu_seconds_of(pid_t process) {
  const std::string text = read_file("/proc/" + std::to_string(process) + "/stat");
  const std::size_t name_end = text.rfind(')');
  must(name_end != std::string::npos, "a process is gone");
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;  // proc(5)
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double resident_mebibytes_of(pid_t process) {
  std::istringstream fields(read_file("/proc/" + std::to_string(process) + "/statm"));
  double pages = 0;
  double resident = 0;
  fields >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  must(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
           ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0,
       "no free port");
  ::close(descriptor);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return connected;
}

void allow_descriptors(std::uint64_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, count));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  must(limit.rlim_cur >= count, "the system allows too few descriptors");
}

Nginx::Nginx(const Folder& folder, int connections_max) : port_(free_port()) {
  const std::string config = folder / "nginx.conf";
  write_file(config, "daemon off; master_process off; error_log stderr crit; pid " +
                         folder / "nginx.pid" + ";\nevents { worker_connections " +
                         std::to_string(connections_max) +
                         "; }\nhttp { access_log off; "
                         "keepalive_requests 100000000;\nclient_body_temp_path " +
                         folder / "body" + "; proxy_temp_path " + folder / "proxy" +
                         "; fastcgi_temp_path " + folder / "fastcgi" + "; uwsgi_temp_path " +
                         folder / "uwsgi" + "; scgi_temp_path " + folder / "scgi" +
                         ";\nserver { listen 127.0.0.1:" + std::to_string(port_) +
                         " ssl backlog=4096; ssl_certificate " + folder / "cert.pem" +
                         "; ssl_certificate_key " + folder / "key.pem" +
                         "; ssl_protocols TLSv1.2 TLSv1.3;\nlocation / { return 202; } } }\n");
  pid_ = start({"nginx", "-c", config, "-p", folder / ""}, folder / "nginx.log");
  for (int tries = 0; tries < 250; ++tries) {
    if (answers(port_)) return;
    std::this_thread::sleep_for(20ms);
  }
  fail("nginx does not answer: " + read_file(folder / "nginx.log"));
}

Nginx::~Nginx() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

// The requests are made before the first is sent, so that wrk does little else than sending.
LoadAnswer run_wrk(const Folder& folder, const Load& load) {
  const std::string script = folder / "post.lua";
  write_file(script, load.script +
                         "\nwrk.method = 'POST'\n"
                         "wrk.headers['Content-Type'] = 'application/json'\n"
                         "wrk.headers['Authorization'] = 'Bearer " +
                         load.token +
                         "'\nlocal requests = {}\nlocal at = 0\n"
                         "function init()\n  for n = 1, " +
                         std::to_string(load.bodies) +
                         " do\n    requests[n] = wrk.format(nil, nil, nil, body(n))\n  end\nend\n"
                         "function request()\n  at = at % #requests + 1\n"
                         "  return requests[at]\nend\n");
  const std::string output = folder / "wrk.out";
  LoadAnswer answer;
  answer.cpu_seconds =
      run_to_end({"wrk", "-t1", "-c" + std::to_string(load.connections),
                  "-d" + std::to_string(load.length.count()) + "s", "-s", script, load.url},
                 output);
  std::ifstream lines(output);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("Requests/sec:")) answer.per_second = std::strtod(&line[13], nullptr);
    if (line.find(" requests in ") != std::string::npos) {
      answer.requests = std::strtod(line.c_str(), nullptr);
    }
    must(line.find("Non-2xx") == std::string::npos, "wrk: " + line);
  }
  must(answer.requests > 0, "wrk sent nothing");
  return answer;
}

std::string event_script() {
  return R"lua(function body(n)
  return '{"type":"https://schemas.openid.net/secevent/caep/event-type/session-revoked",' ..
    '"subject":{"format":"email","email":"user' .. n .. '@example.com"},"event":' ..
    '{"initiating_entity":"policy","reason_admin":{"en":"Policy Violation: C076E82F"}}}'
end
)lua";
}

std::chrono::duration<double> fdatasync_median(const Folder& folder) {
  constexpr int syncs = 200;
  const std::string page(4096, 'x');
  const int descriptor = ::open((folder / "sync").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  must(descriptor >= 0, "no file to sync");
  std::vector<std::chrono::duration<double>> took;
  for (int i = 0; i < syncs; ++i) {
    // Within a file of a fixed size, as a write-ahead log is once it has grown.
    const off_t at = static_cast<off_t>(i % 64) * static_cast<off_t>(page.size());
    must(::pwrite(descriptor, page.data(), page.size(), at) == static_cast<ssize_t>(page.size()),
         "write");
    const auto begin = std::chrono::steady_clock::now();
    must(::fdatasync(descriptor) == 0, "fdatasync");
    took.emplace_back(std::chrono::steady_clock::now() - begin);
  }
  ::close(descriptor);
  std::ranges::nth_element(took, took.begin() + syncs / 2);
  return took[syncs / 2];
}

}  // namespace tocsin::bench
