#include "service/request_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RequestLogTest : public ::testing::Test {
 protected:
  RequestLogTest() { std::filesystem::create_directory(folder_); }
  ~RequestLogTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  static std::vector<nlohmann::json> Lines(const std::string& path) {
    std::ifstream in(path);
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  static RequestRecord Record(const std::string& id) {
    RequestRecord record;
    record.method = "TranslateText";
    record.request_id = id;
    return record;
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("signalbook-log-" + std::to_string(getpid())))
          .string();
};

TEST_F(RequestLogTest, ALineTellsWhatBecameOfACall) {
  RequestRecord record = Record("id-1");
  record.time = absl::FromUnixMicros(1'764'290'400'000'123);
  record.duration = absl::Microseconds(412);
  record.client = "chat";
  record.trace = TraceOf("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  v1::TranslateTextResponse response;
  response.set_revision("3");
  response.add_translations()->set_verdict(v1::VERDICT_TRANSLATED);
  for (int i = 0; i < 2; ++i) {
    v1::Translation* refused = response.add_translations();
    refused->set_verdict(v1::VERDICT_REFUSED);
    refused->set_translated_text("secret words");
    for (int piece = 0; piece < 2; ++piece) {
      refused->add_pieces()->mutable_refusal()->set_reason(v1::REASON_NO_MODEL);
    }
  }
  record.Describe(response);
  const std::string line = ToJson(record);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["time"], "2025-11-28T00:40:00.000123Z");
  EXPECT_EQ(json["code"], "OK");
  EXPECT_EQ(json["duration_us"], 412);
  EXPECT_EQ(json["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(json["parent_span_id"], "00f067aa0ba902b7");
  EXPECT_EQ(json["client"], "chat");
  EXPECT_EQ(json["messages"], 3);
  EXPECT_EQ(json["translated"], 1);
  EXPECT_EQ(json["refused"], 2);
  EXPECT_EQ(json["refusals"], nlohmann::json({{"NO_MODEL", 4}}));
  EXPECT_EQ(json["revision"], "3");
  EXPECT_FALSE(json.contains("reason"));
  EXPECT_FALSE(json.contains("unchanged"));
  EXPECT_EQ(line.find("secret"), std::string::npos);
}

TEST_F(RequestLogTest, NamesTheErrorAndStaysOneLine) {
  RequestRecord record = Record("a");
  record.code = absl::StatusCode::kResourceExhausted;
  record.error_reason = "QUEUE_FULL";
  record.client = "two\nlines \xFF";
  const std::string line = ToJson(record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["code"], "RESOURCE_EXHAUSTED");
  EXPECT_EQ(json["reason"], "QUEUE_FULL");
}

TEST_F(RequestLogTest, WritesEveryLineOfEveryThreadToTheEndOfTheFile) {
  std::ofstream(Path("log")) << "{\"before\":true}\n";
  {
    auto log = RequestLog::Open(Path("log"));
    ASSERT_TRUE(log.ok()) << log.status();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 500; ++i) (*log)->Write(Record(std::to_string(t)));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto lines = Lines(Path("log"));
  ASSERT_THAT(lines, SizeIs(2'001));
  EXPECT_TRUE(lines.front().contains("before"));
}

TEST_F(RequestLogTest, GoesOnInANewFileWhenTheOldOneIsMovedAway) {
  auto log = RequestLog::Open(Path("log"));
  ASSERT_TRUE(log.ok());
  (*log)->Write(Record("old"));
  while (Lines(Path("log")).empty()) absl::SleepFor(absl::Milliseconds(1));
  std::filesystem::rename(Path("log"), Path("moved"));
  ASSERT_TRUE((*log)->Reopen().ok());
  (*log)->Write(Record("new"));
  log->reset();
  ASSERT_THAT(Lines(Path("moved")), SizeIs(1));
  ASSERT_THAT(Lines(Path("log")), SizeIs(1));
  EXPECT_EQ(Lines(Path("log"))[0]["request_id"], "new");
}

TEST_F(RequestLogTest, AFlushWaitsForWhatWasWrittenButNotForADiskThatHangs) {
  auto log = RequestLog::Open(Path("log"));
  ASSERT_TRUE(log.ok());
  EXPECT_TRUE((*log)->Flush(absl::InfinitePast())) << "there is nothing to wait for";
  for (size_t count = 500; count <= 1'000; count += 500) {
    for (int i = 0; i < 500; ++i) (*log)->Write(Record("x"));
    EXPECT_TRUE((*log)->Flush(absl::Now() + absl::Seconds(60)));
    EXPECT_THAT(Lines(Path("log")), SizeIs(count)) << "while the log lives";
  }

  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  const int reader = ::open(Path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto stuck = RequestLog::Open(Path("pipe"));
  ASSERT_TRUE(stuck.ok());
  for (int i = 0; i < 2'000; ++i) (*stuck)->Write(Record("x"));  // more than a pipe holds
  const absl::Time begin = absl::Now();
  EXPECT_FALSE((*stuck)->Flush(begin + absl::Milliseconds(50)));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
  ::close(reader);  // writing fails from now on, and nobody waits
  EXPECT_TRUE((*stuck)->Flush(absl::Now() + absl::Seconds(60)));
}

TEST_F(RequestLogTest, ADiskThatHangsHoldsUpNobodyAndTheLossIsTold) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  const int reader = ::open(Path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto log = RequestLog::Open(Path("pipe"));
  ASSERT_TRUE(log.ok()) << log.status();
  constexpr size_t kCount = 20 * RequestLog::kMaxWaiting;  // far more than a pipe holds
  for (size_t i = 0; i < kCount; ++i) (*log)->Write(Record("x"));
  // Now the disk is well again.
  std::string text;
  std::thread drain([&] {
    char buffer[65'536];
    for (;;) {
      const ssize_t count = ::read(reader, buffer, sizeof(buffer));
      if (count > 0) text.append(buffer, static_cast<size_t>(count));
      if (count == 0) return;  // the log has closed its end
      if (count < 0) absl::SleepFor(absl::Milliseconds(1));
    }
  });
  log->reset();
  drain.join();
  ::close(reader);
  size_t written = 0;
  size_t dropped = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("lines_dropped")) {
      dropped += json["lines_dropped"].get<size_t>();
    } else {
      ++written;
    }
  }
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(written + dropped, kCount) << "every line is written or counted";
}

TEST_F(RequestLogTest, SaysWhichFileItCannotWriteTo) {
  const auto log = RequestLog::Open("/nowhere/log");
  ASSERT_FALSE(log.ok());
  EXPECT_THAT(std::string(log.status().message()), HasSubstr("/nowhere/log"));
}

}  // namespace
}  // namespace signalbook
