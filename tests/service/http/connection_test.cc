// Clients that are slow, many, or up to something, and a server that stops meanwhile.
#include "service/http/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tests/service/http/console_fixture.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using ConnectionTest = ConsoleServerTest;

TEST_F(ConnectionTest, ABodyMayBeEightMebibytes) {
  Start();
  const std::string head = R"({"reason": ")";
  std::string body = head + std::string((8 << 20) - head.size() - 2, 'x') + "\"}";
  EXPECT_EQ(Call("CreateProposal", body)->status, 200);
  body.insert(head.size(), 1, 'x');
  const auto answer = Call("CreateProposal", body);
  ASSERT_TRUE(answer) << "the answer must survive the bytes that nobody reads";
  EXPECT_EQ(answer->status, 413);
}

TEST_F(ConnectionTest, AHeadThatNeverEndsIsRefused) {
  Start();
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "X-" + std::to_string(i) + ": 1\r\n";
  const std::string line(8'000, 'x');
  struct Case {
    const char* what;
    std::string rest;
    const char* status;
  };
  const Case cases[] = {
      {"long headers", "X: " + line + "\r\nY: " + line + "\r\nZ: " + line + "\r\n\r\n", "200"},
      {"a header that is too long", "X: " + std::string(8'193, 'x') + "\r\n\r\n", "400"},
      {"more and more headers", lines, "400"},
      {"one header that goes on and on", "X: " + std::string(1 << 20, 'x'), "400"},
  };
  for (const Case& c : cases) {
    const RawClient client(port_);
    const absl::Time start = absl::Now();
    client.Send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + c.rest);
    EXPECT_THAT(client.Receive(), StartsWith(std::string("HTTP/1.1 ") + c.status)) << c.what;
    EXPECT_LT(absl::Now() - start, absl::Seconds(3)) << c.what << ": no time-out has to end it";
  }
}

// A page of another site can send any body as text/plain. If it were left in the connection it would be read as a
// request of its own, with a Host and an Origin of its own.
TEST_F(ConnectionTest, ABodyThatIsRefusedIsNotTheNextRequest) {
  Start();
  const std::string inner = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  for (const std::string& outer :
       {"POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
        "Origin: http://other.example\r\nContent-Type: text/plain\r\n" +
            length,
        "POST /x HTTP/1.1\r\nHost: localhost\r\n" + length,
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + length,
        "DELETE / HTTP/1.1\r\nHost: localhost\r\n" + length,
        std::string("POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost"
                    "\r\nContent-Type: application/json\r\nTransfer-Encoding: x\r\n")}) {
    const RawClient client(port_);
    ASSERT_TRUE(client.Send(outer + "\r\n" + inner));
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << outer;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << outer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << outer << answer;
  }
}

TEST_F(ConnectionTest, AConnectionServesManyRequests) {
  Start();
  const RawClient client(port_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(
        "POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nAuthorization: Bearer " +
        std::string(kToken) + "\r\n\r\n{}"));
    EXPECT_THAT(client.Receive("}"), HasSubstr("\"name\":\"ada\""));
  }
}

// A client that keeps its connection keeps its thread; not while others wait for one.
TEST_F(ConnectionTest, WhoWaitsGetsTheThreadOfWhoWasAnswered) {
  Start({.threads = 1});
  const std::string request = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const RawClient first(port_);
  ASSERT_TRUE(first.Send(request));
  EXPECT_THAT(first.Receive("\r\n\r\n"), ::testing::Not(HasSubstr("Connection: close")));
  const RawClient second(port_);
  ASSERT_TRUE(second.Send(request));
  const absl::Time start = absl::Now();
  std::string answer;
  do {  // until the server has seen the second
    ASSERT_TRUE(first.Send(request));
    answer = first.Receive("\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  } while (answer.find("Connection: close\r\n") == std::string::npos &&
           absl::Now() - start < absl::Seconds(10));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(first.Receive(), "");
  EXPECT_THAT(second.Receive("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConnectionTest, SlowClientsAreLetGo) {
  Start({.timeouts = {.idle = absl::Milliseconds(300),
                      .stall = absl::Milliseconds(300),
                      .request = absl::Milliseconds(900),
                      .answer = absl::Milliseconds(900)}});
  struct Case {
    const char* what;
    const char* start;
    bool drips;
  };
  const Case cases[] = {
      {"says nothing", "", false},
      {"stops in the middle of the headers", "GET / HTTP/1.1\r\nHost: loc", false},
      {"stops in the middle of the body",
       "POST /signalbook.v1.ModerationService/GetCaller HTTP/1.1\r\nHost: localhost\r\n"
       "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
       false},
      {"sends a byte now and then", "GET / HTTP/1.1\r\nX: ", true},
  };
  for (const Case& c : cases) {
    const RawClient client(port_);
    const absl::Time start = absl::Now();
    ASSERT_TRUE(client.Send(c.start));
    if (c.drips) {
      while (client.Send("x") && absl::Now() - start < absl::Seconds(15)) {
        absl::SleepFor(absl::Milliseconds(100));
      }
    }
    client.Receive();
    EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << c.what;
  }
}

TEST_F(ConnectionTest, SlowReadersAreLetGo) {
  const std::string path = testing::TempDir() + "/console_server_test_large.ttf";
  std::ofstream(path, std::ios::binary) << std::string(64 << 20, 'f');
  for (const bool sips : {false, true}) {
    ConsoleServer::Options options{.threads = 1, .emoji_font = path};
    (sips ? options.timeouts.answer : options.timeouts.stall) = absl::Milliseconds(500);
    Start(options);
    const RawClient slow(port_);
    ASSERT_TRUE(slow.Send("GET /fonts/NotoColorEmoji.ttf HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    std::atomic<bool> served = false;
    auto sipping = std::async(std::launch::async, [&] {
      while (sips && !served && slow.Sip() > 0) absl::SleepFor(absl::Milliseconds(20));
    });
    // The only thread is free again.
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(10);
    const auto answer = client.Get("/");
    served = true;
    EXPECT_TRUE(answer && answer->status == 200) << (sips ? "a little at a time" : "nothing");
  }
  std::filesystem::remove(path);
}

TEST_F(ConnectionTest, MoreConnectionsThanTheQueueTakesAreClosed) {
  CloseGate();
  Start({.threads = 1, .queue = 1});
  auto busy = std::async(std::launch::async, [&] { return Call("ListEntries", "{}")->status; });
  ASSERT_TRUE(WaitAtGate(1));
  const RawClient waiting(port_);
  ASSERT_TRUE(waiting.Send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  absl::SleepFor(absl::Milliseconds(100));
  const RawClient third(port_);
  EXPECT_EQ(third.Receive(), "");
  OpenGate();
  EXPECT_EQ(busy.get(), 200);
  client_.reset();  // its connection is the worker's until it is closed
  EXPECT_THAT(waiting.Receive(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConnectionTest, StopsDespiteIdleAndHalfOpenConnections) {
  Start();
  const RawClient idle(port_);
  ASSERT_TRUE(idle.Send("GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_THAT(idle.Receive("</svg>"), HasSubstr("</svg>"));
  const RawClient silent(port_);
  const RawClient half(port_);
  ASSERT_TRUE(half.Send("GET / HTTP/1.1\r\nHost: loc"));
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time start = absl::Now();
  server_->Stop(absl::InfiniteFuture());
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(idle.Receive(), "");
  server_->Stop(absl::InfiniteFuture());
}

TEST_F(ConnectionTest, StopLetsACallEnd) {
  CloseGate();
  Start();
  auto call = std::async(std::launch::async, [&] {
    const auto answer = Call("ListEntries", "{}");
    return answer ? answer->body : "no answer";
  });
  ASSERT_TRUE(WaitAtGate(1));
  auto stop = std::async(std::launch::async, [&] { server_->Stop(absl::InfiniteFuture()); });
  EXPECT_EQ(stop.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  OpenGate();
  EXPECT_EQ(call.get(), R"({"totalSize":3})");
  EXPECT_EQ(stop.wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(ConnectionTest, StopDoesNotWaitForACallThatHangs) {
  CloseGate();
  Start();
  auto call = std::async(std::launch::async, [&] { return Call("ListEntries", "{}"); });
  ASSERT_TRUE(WaitAtGate(1));
  absl::SleepFor(absl::Milliseconds(100));  // by now its connection waits for it
  const absl::Time start = absl::Now();
  server_->Stop(start + absl::Milliseconds(300));
  const absl::Duration took = absl::Now() - start;
  EXPECT_GE(took, absl::Milliseconds(300)) << "that long it may end";
  EXPECT_LT(took, absl::Seconds(2));
  const auto answer = call.get();
  ASSERT_TRUE(answer) << "it is answered all the same";
  EXPECT_EQ(answer->status, 504);
}

TEST_F(ConnectionTest, ACallThatHangsIsAnsweredInTime) {
  CloseGate();
  Start({.timeouts = {.call = absl::Milliseconds(300)}});
  client_->set_keep_alive(true);
  const auto answer = Call("ListEntries", "{}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 504);
  EXPECT_THAT(answer->body, HasSubstr(R"("code":"deadline_exceeded")"));
  EXPECT_THAT(answer->body, HasSubstr("whether it took effect is not known"));
  EXPECT_EQ(Call("GetCaller", "{}")->status, 200) << "on the same connection";
  OpenGate();
  EXPECT_EQ(Call("ListEntries", "{}")->body, R"({"totalSize":3})") << "its own answer";
}

TEST_F(ConnectionTest, CallsThatHangHoldUpOthersNoLongerThanTheirOwnTime) {
  CloseGate();
  Start({.threads = 1, .timeouts = {.call = absl::Milliseconds(300)}});
  EXPECT_EQ(Call("ListEntries", "{}")->status, 504);
  ASSERT_TRUE(WaitAtGate(1));
  EXPECT_EQ(Call("ListEntries", "{}")->status, 504) << "waits for the only thread";
  OpenGate();
  EXPECT_EQ(Call("GetCaller", "{}")->status, 200);
  EXPECT_FALSE(WaitAtGate(2, std::chrono::milliseconds(0))) << "nobody waited for the second";
}

}  // namespace
}  // namespace signalbook
