#include "http/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace tocsin::http {
namespace {

using test::FailsWith;
using test::Succeeds;

// A head with these header lines after the request line and Host.
std::string request(std::string_view lines = "", std::string_view line = "POST /a HTTP/1.1") {
  return std::string(line) + "\r\nHost: example.com\r\n" + std::string(lines) + "\r\n";
}

std::string response(std::string_view lines = "", std::string_view line = "HTTP/1.1 200 OK") {
  return std::string(line) + "\r\n" + std::string(lines) + "\r\n";
}

TEST(FindHeadEnd, FindsTheBlankLineWhereverTheSearchResumes) {
  const std::string head = request("Content-Length: 3\r\n");
  const std::string bytes = head + "abc";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::string_view part = std::string_view(bytes).substr(0, cut);
    const std::size_t expected = cut < head.size() ? std::string_view::npos : head.size();
    EXPECT_EQ(find_head_end(part), expected) << cut;
    const std::size_t searched = std::min(cut, head.size() - 1);
    EXPECT_EQ(find_head_end(bytes, searched), head.size()) << cut;
  }
}

TEST(FindHeadEnd, SEC_46_EndsAtABareLineFeedSoThatItIsRefusedAtOnce) {
  const std::string bytes = "GET / HTTP/1.1\nHost: a\n\n";
  const std::size_t end = find_head_end(bytes);
  EXPECT_EQ(end, 15u);
  EXPECT_THAT(parse_request_head(bytes.substr(0, end)), FailsWith(Errc::http_request));
}

TEST(RequestHead, SplitsLineAndHeaders) {
  const std::string head = request("Content-Length: 12\r\nX-Tab:\t a b \r\nEmpty:\r\n",
                                   "PATCH /streams?stream_id=1&a=/?%20 HTTP/1.1");
  const auto parsed = parse_request_head(head);
  ASSERT_THAT(parsed, Succeeds());
  EXPECT_EQ(parsed->request.method, "PATCH");
  EXPECT_EQ(parsed->request.path, "/streams");
  EXPECT_EQ(parsed->request.query, "stream_id=1&a=/?%20");
  EXPECT_EQ(parsed->framing.kind, Framing::Kind::length);
  EXPECT_EQ(parsed->framing.length, 12u);
  EXPECT_TRUE(parsed->keep_alive);
  EXPECT_FALSE(parsed->expects_continue);
  EXPECT_EQ(*parsed->request.headers.find("x-tab"), "a b");
  EXPECT_EQ(*parsed->request.headers.find("empty"), "");
}

TEST(RequestHead, TakesAbsoluteFormForItsPathAlone) {
  const auto parsed = parse_request_head(request("", "GET HTTPS://other.example:8/a?b HTTP/1.1"));
  ASSERT_THAT(parsed, Succeeds());
  EXPECT_EQ(parsed->request.path, "/a");
  EXPECT_EQ(parsed->request.query, "b");
}

TEST(RequestHead, KnowsWhatThePeerWantsOfTheConnection) {
  EXPECT_TRUE(parse_request_head(request("Connection: keep-alive\r\n"))->keep_alive);
  EXPECT_FALSE(parse_request_head(request("Connection: close\r\n"))->keep_alive);
  EXPECT_FALSE(parse_request_head(request("Connection: x, Close\r\n"))->keep_alive);
  EXPECT_FALSE(parse_request_head(request("connection: x\r\nconnection: close\r\n"))->keep_alive);
  EXPECT_TRUE(parse_request_head(request("Expect: 100-Continue\r\n"))->expects_continue);
}

TEST(RequestHead, KnowsChunked) {
  const auto parsed = parse_request_head(request("Transfer-Encoding: Chunked\r\n"));
  ASSERT_THAT(parsed, Succeeds());
  EXPECT_EQ(parsed->framing.kind, Framing::Kind::chunked);
}

// What two parsers could read in two ways, and how each case is called.
struct Refused {
  const char* name;
  std::string head;
};
void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

class RequestHeadRefusal : public testing::TestWithParam<Refused> {};

TEST_P(RequestHeadRefusal, SEC_46_IsRefused) {
  EXPECT_THAT(parse_request_head(GetParam().head), FailsWith(Errc::http_request));
}

INSTANTIATE_TEST_SUITE_P(
    Table, RequestHeadRefusal,
    testing::Values(
        Refused{"LengthAndChunked", request("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
        Refused{"ChunkedAndLength", request("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")},
        Refused{"TwoLengths", request("Content-Length: 3\r\nContent-Length: 4\r\n")},
        Refused{"TwoEqualLengths", request("Content-Length: 3\r\nContent-Length: 3\r\n")},
        Refused{"ListedLengths", request("Content-Length: 3, 3\r\n")},
        Refused{"SignedLength", request("Content-Length: +3\r\n")},
        Refused{"NegativeLength", request("Content-Length: -3\r\n")},
        Refused{"HexLength", request("Content-Length: 0x3\r\n")},
        Refused{"EmptyLength", request("Content-Length:\r\n")},
        Refused{"SpacedLength", request("Content-Length: 3 3\r\n")},
        Refused{"HugeLength", request("Content-Length: 18446744073709551616\r\n")},
        Refused{"TwoCodings",
                request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        Refused{"UnknownCoding", request("Transfer-Encoding: xchunked\r\n")},
        Refused{"ChunkedThenIdentity", request("Transfer-Encoding: chunked, identity\r\n")},
        Refused{"GzipThenChunked", request("Transfer-Encoding: gzip, chunked\r\n")},
        Refused{"ChunkedTwice", request("Transfer-Encoding: chunked, chunked\r\n")},
        Refused{"QuotedChunked", request("Transfer-Encoding: \"chunked\"\r\n")},
        Refused{"EmptyCoding", request("Transfer-Encoding:\r\n")},
        Refused{"VerticalTabCoding", request("Transfer-Encoding: \x0b"
                                             "chunked\r\n")},
        Refused{"SpaceBeforeColon", request("Transfer-Encoding : chunked\r\n")},
        Refused{"FoldedCoding", request("Transfer-Encoding:\r\n chunked\r\n")},
        Refused{"FoldedHeader", request("X: a\r\n\tb\r\n")},
        Refused{"FoldAfterTheRequestLine", "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"},
        Refused{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
        Refused{"TwoHosts", request("Host: example.com\r\n")},
        Refused{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        Refused{"HostWithUser", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        Refused{"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        Refused{"ListedHosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        Refused{"OldVersion", request("", "GET / HTTP/1.0")},
        Refused{"NewVersion", request("", "GET / HTTP/1.2")},
        Refused{"VersionTwo", request("", "GET / HTTP/2.0")},
        Refused{"LowerCaseVersion", request("", "GET / http/1.1")},
        Refused{"NoVersion", request("", "GET /")},
        Refused{"TwoSpaces", request("", "GET  / HTTP/1.1")},
        Refused{"TrailingSpace", request("", "GET / HTTP/1.1 ")},
        Refused{"TabInTheLine", request("", "GET\t/ HTTP/1.1")},
        Refused{"LeadingEmptyLine", "\r\n" + request()},
        Refused{"BareLineFeedInALine", request("X: a\nTransfer-Encoding: chunked\r\n")},
        Refused{"BareCarriageReturnInALine", request("X: a\rTransfer-Encoding: chunked\r\n")},
        Refused{"NulInAValue", request(std::string_view("X: a\0b\r\n", 8))},
        Refused{"NulInAName", request(std::string_view("X\0: a\r\n", 7))},
        Refused{"NoColon", request("Header\r\n")}, Refused{"NoName", request(": value\r\n")},
        Refused{"NameIsNoToken", request("X(y): value\r\n")},
        Refused{"NameIsNoAscii", request("X\xc3\xa9: value\r\n")},
        Refused{"MethodIsNoToken", request("", "GE(T / HTTP/1.1")},
        Refused{"AsteriskForm", request("", "OPTIONS * HTTP/1.1")},
        Refused{"AuthorityForm", request("", "CONNECT example.com:443 HTTP/1.1")},
        Refused{"RelativeTarget", request("", "GET a HTTP/1.1")},
        Refused{"AbsoluteFormWithoutPath", request("", "GET http://a?b HTTP/1.1")},
        Refused{"AbsoluteFormWithUser", request("", "GET http://u@a/ HTTP/1.1")},
        Refused{"OtherScheme", request("", "GET ftp://a/ HTTP/1.1")},
        Refused{"Fragment", request("", "GET /a#b HTTP/1.1")},
        Refused{"Backslash", request("", "GET /a\\b HTTP/1.1")},
        Refused{"TargetIsNoAscii", request("", "GET /\xc3\xa9 HTTP/1.1")},
        Refused{"CutPercent", request("", "GET /a%2 HTTP/1.1")},
        Refused{"BadPercent", request("", "GET /a%zz HTTP/1.1")},
        Refused{"OtherExpectation", request("Expect: 200-ok\r\n")},
        Refused{"TwoExpectations", request("Expect: 100-continue\r\nExpect: 100-continue\r\n")},
        Refused{"NoEnd", "GET / HTTP/1.1\r\nHost: a\r\n"},
        Refused{"MoreThanAHead", request() + "GET"}, Refused{"Nothing", ""},
        Refused{"TlsHello", std::string("\x16\x03\x01\x02\x00\n", 6)}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(RequestHead, RefusesTooManyHeadersAndTooLongOnes) {
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += "X: y\r\n";
  EXPECT_THAT(parse_request_head(request(lines)), Succeeds());  // 100 with Host
  EXPECT_THAT(parse_request_head(request(lines + "X: y\r\n")),
              FailsWith(Errc::http_head_too_large));
  const std::string frame = request("X: \r\n");
  const std::string fits(16 * 1024 - frame.size(), 'x');
  EXPECT_THAT(parse_request_head(request("X: " + fits + "\r\n")), Succeeds());
  EXPECT_THAT(parse_request_head(request("X: " + fits + "x\r\n")),
              FailsWith(Errc::http_head_too_large));
}

TEST(ResponseHead, SplitsLineAndHeaders) {
  const auto parsed = parse_response_head(
      response("Content-Length: 2\r\nRetry-After: 3\r\n", "HTTP/1.1 429 Slow down, please"),
      "POST");
  ASSERT_THAT(parsed, Succeeds());
  EXPECT_EQ(parsed->response.status, 429u);
  EXPECT_EQ(*parsed->response.headers.find("retry-after"), "3");
  EXPECT_EQ(parsed->framing.kind, Framing::Kind::length);
  EXPECT_EQ(parsed->framing.length, 2u);
  EXPECT_TRUE(parsed->keep_alive);
}

TEST(ResponseHead, KnowsWhereABodyEnds) {
  const auto framing = [](const std::string& head, std::string_view method) {
    return parse_response_head(head, method).value().framing;
  };
  EXPECT_EQ(framing(response(), "GET").kind, Framing::Kind::until_close);
  EXPECT_EQ(framing(response("Transfer-Encoding: chunked\r\n"), "GET").kind,
            Framing::Kind::chunked);
  for (const char* line :
       {"HTTP/1.1 100 Continue", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"}) {
    EXPECT_EQ(framing(response("Content-Length: 9\r\n", line), "GET").length, 0u) << line;
  }
  EXPECT_EQ(framing(response("Content-Length: 9\r\n"), "HEAD").length, 0u);
  EXPECT_EQ(framing(response("Content-Length: 9\r\n"), "HEAD").kind, Framing::Kind::length);
}

TEST(ResponseHead, KeepsAConnectionOnlyWhenBothSidesKnowWhereItStands) {
  const auto keeps = [](const std::string& head) {
    return parse_response_head(head, "GET").value().keep_alive;
  };
  EXPECT_TRUE(keeps(response("Content-Length: 0\r\n")));
  EXPECT_FALSE(keeps(response()));
  EXPECT_FALSE(keeps(response("Content-Length: 0\r\nConnection: close\r\n")));
  EXPECT_FALSE(
      keeps(response("Content-Length: 0\r\nConnection: keep-alive\r\n", "HTTP/1.0 200 OK")));
}

TEST(ResponseHead, AcceptsAnEmptyReason) {
  EXPECT_THAT(parse_response_head("HTTP/1.1 202 \r\n\r\n", "POST"), Succeeds());
}

class ResponseHeadRefusal : public testing::TestWithParam<Refused> {};

TEST_P(ResponseHeadRefusal, SEC_44_IsNoAnswer) {
  EXPECT_THAT(parse_response_head(GetParam().head, "GET"), FailsWith(Errc::net_answer));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ResponseHeadRefusal,
    testing::Values(Refused{"LengthAndChunked",
                            response("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
                    Refused{"TwoLengths", response("Content-Length: 3\r\nContent-Length: 4\r\n")},
                    Refused{"UnknownCoding", response("Transfer-Encoding: gzip\r\n")},
                    Refused{"ChunkedInHttp10",
                            response("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK")},
                    Refused{"OtherProtocol", response("", "ICY 200 OK")},
                    Refused{"VersionTwo", response("", "HTTP/2.0 200 OK")},
                    Refused{"NoStatus", response("", "HTTP/1.1")},
                    Refused{"ShortStatus", response("", "HTTP/1.1 20 OK")},
                    Refused{"LongStatus", response("", "HTTP/1.1 2000 OK")},
                    Refused{"StatusOutOfRange", response("", "HTTP/1.1 600 OK")},
                    Refused{"StatusBelowRange", response("", "HTTP/1.1 099 OK")},
                    Refused{"FoldedHeader", response("X: a\r\n b\r\n")},
                    Refused{"BareLineFeed", response("X: a\nY: b\r\n")},
                    Refused{"TooLong", response("X: " + std::string(16 * 1024, 'x') + "\r\n")},
                    Refused{"Cut", "HTTP/1.1 200 OK\r\nContent-Le"}),
    [](const auto& param) { return std::string(param.param.name); });

// Feeds `bytes` in parts of `part` bytes.
Result<std::string> read_body(const Framing& framing, std::string_view bytes, std::size_t part,
                              std::size_t body_max = 1000) {
  auto reader = BodyReader::open(framing, body_max);
  if (!reader) return reader.error();
  std::string body;
  for (std::size_t at = 0; at < bytes.size() && !reader->is_done(); at += part) {
    const auto used = reader->feed(bytes.substr(at, part), body);
    if (!used) return used.error();
  }
  if (auto ended = reader->end(); !ended) return ended.error();
  return body;
}

constexpr Framing chunked{Framing::Kind::chunked, 0};

TEST(BodyReader, ReadsALength) {
  for (const std::size_t part : {1u, 2u, 100u}) {
    EXPECT_EQ(read_body({Framing::Kind::length, 5}, "helloGET", part).value(), "hello");
  }
  EXPECT_EQ(read_body({Framing::Kind::length, 0}, "GET", 3).value(), "");
}

TEST(BodyReader, SaysHowMuchItUsed) {
  auto reader = BodyReader::open({Framing::Kind::length, 5}, 10).value();
  std::string body;
  EXPECT_EQ(reader.feed("helloGET /", body).value(), 5u);
  auto chunks = BodyReader::open(chunked, 10).value();
  std::string text;
  EXPECT_EQ(chunks.feed("5\r\nhello\r\n0\r\n\r\nGET /", text).value(), 15u);
  EXPECT_TRUE(chunks.is_done());
}

TEST(BodyReader, ReadsChunksWhereverTheyAreCut) {
  const std::string_view bytes =
      "5\r\nhello\r\n1;name=value;other=\"a;b\"\r\n,\r\n00a\r\n wide wide\r\n0\r\n"
      "Digest: x\r\nEmpty:\r\n\r\n";
  for (std::size_t part = 1; part <= bytes.size(); ++part) {
    EXPECT_EQ(read_body(chunked, bytes, part).value(), "hello, wide wide") << part;
  }
}

TEST(BodyReader, ReadsUntilTheClose) {
  EXPECT_EQ(read_body({Framing::Kind::until_close, 0}, "to the end", 3).value(), "to the end");
  EXPECT_THAT(read_body({Framing::Kind::until_close, 0}, "to the end", 3, 9),
              FailsWith(Errc::http_too_large));
}

TEST(BodyReader, RefusesABodyThatIsCut) {
  EXPECT_THAT(read_body({Framing::Kind::length, 5}, "hell", 9), FailsWith(Errc::http_request));
  EXPECT_THAT(read_body(chunked, "5\r\nhello\r\n0\r\n", 99), FailsWith(Errc::http_request));
}

TEST(BodyReader, SEC_48_RefusesALengthBeforeItsFirstByte) {
  EXPECT_THAT(BodyReader::open({Framing::Kind::length, 11}, 10), FailsWith(Errc::http_too_large));
  EXPECT_THAT(BodyReader::open({Framing::Kind::length, UINT64_MAX}, 10),
              FailsWith(Errc::http_too_large));
}

TEST(BodyReader, SEC_48_RefusesAChunkBeforeItsFirstByte) {
  auto reader = BodyReader::open(chunked, 10).value();
  std::string body;
  ASSERT_THAT(reader.feed("5\r\nhello\r\n", body), Succeeds());
  EXPECT_THAT(reader.feed("6\r\n", body), FailsWith(Errc::http_too_large));
}

TEST(BodyReader, SEC_48_RefusesEndlessExtensionsAndTrailers) {
  EXPECT_THAT(read_body(chunked, "1;" + std::string(17'000, 'x') + "\r\na\r\n0\r\n\r\n", 4096),
              FailsWith(Errc::http_request));
  EXPECT_THAT(read_body(chunked, "0\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n", 4096),
              FailsWith(Errc::http_request));
}

TEST(BodyReader, SEC_46_RefusesChunksThatAreNotFramedToTheByte) {
  const std::string_view table[] = {
      "\r\n",
      " 5\r\nhello\r\n0\r\n\r\n",
      "5 \r\nhello\r\n0\r\n\r\n",
      "5\nhello\r\n0\r\n\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello0\r\n\r\n",
      "5\r\nhello!\r\n0\r\n\r\n",
      "5\r\nhello\r\n0\n\n",
      "5\r\nhello\r\n0\r\n\n",
      "5\r\rhello\r\n0\r\n\r\n",
      "+5\r\nhello\r\n0\r\n\r\n",
      "-5\r\nhello\r\n0\r\n\r\n",
      "0x5\r\nhello\r\n0\r\n\r\n",
      "5g\r\nhello\r\n0\r\n\r\n",
      "5;a\nb\r\nhello\r\n0\r\n\r\n",
      "5;a\rb\r\nhello\r\n0\r\n\r\n",
      ";a\r\nhello\r\n0\r\n\r\n",
      "0000000000000005\r\nhello\r\n0\r\n\r\n",
      "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
      "0\r\n folded\r\n\r\n",
      "0\r\nNo colon\r\n\r\n",
      "0\r\n: none\r\n\r\n",
      "0\r\nX: a\nb\r\n\r\n",
  };
  for (const std::string_view bytes : table) {
    EXPECT_THAT(read_body(chunked, bytes, 1), FailsWith(Errc::http_request)) << bytes;
  }
}

TEST(Headers, OneHeaderStaysOneHeader) {
  EXPECT_TRUE(is_header("Retry-After", "3"));
  EXPECT_TRUE(is_header("X", ""));
  EXPECT_FALSE(is_header("", "3"));
  EXPECT_FALSE(is_header("X Y", "3"));
  EXPECT_FALSE(is_header("X:", "3"));
  EXPECT_FALSE(is_header("X", "a\r\nSet-Cookie: b"));
  EXPECT_FALSE(is_header("X", std::string_view("\0", 1)));
}

TEST(StatusLine, HasTheReasonOfARegisteredStatus) {
  std::string out;
  append_status_line(out, 202);
  append_status_line(out, 299);
  EXPECT_EQ(out, "HTTP/1.1 202 Accepted\r\nHTTP/1.1 299 \r\n");
}

}  // namespace
}  // namespace tocsin::http
