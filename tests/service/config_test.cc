#include "service/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "service/loopback.h"

namespace signalbook {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  return std::string(ParseConfig(text, "x.textproto").status().message());
}

TEST(ConfigTest, DefaultsAreThoseOfTheProto) {
  v1::Config config;
  ASSERT_TRUE(CompleteConfig(&config).ok());
  EXPECT_EQ(config.listen(), "127.0.0.1:50051");
  EXPECT_FALSE(config.allow_remote());
  EXPECT_THAT(config.book(), EndsWith("signalbook.book"));
  EXPECT_EQ(config.drain_timeout_ms(), 10'000);
  EXPECT_EQ(config.model_timeout_ms(), 5'000);
  EXPECT_EQ(config.model_workers(), 8);
  EXPECT_EQ(config.model_queue(), 256);
  EXPECT_EQ(config.apertium().modes_directory(), "/usr/share/apertium/modes");
  EXPECT_EQ(config.apertium().pipelines_per_pair(), 2);
  EXPECT_EQ(config.gate().lexicon_margin(), 0);
  EXPECT_TRUE(config.round_trips().empty());
}

TEST(ConfigTest, ARouteOfARoundTripHasADefaultLikeness) {
  auto config = ParseConfig("round_trips { from: \"es\" to: \"ca\" }", "x");
  ASSERT_TRUE(CompleteConfig(&*config).ok());
  EXPECT_DOUBLE_EQ(config->round_trips(0).least_likeness(), 0.15);
}

TEST(ConfigTest, ReadsTextFormat) {
  auto config = ParseConfig(R"(# a comment
    listen: "[::1]:0"
    model_workers: 3
    pivots { from: "en" via: "es" to: "pt" })",
                            "x");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_TRUE(CompleteConfig(&*config).ok());
  EXPECT_EQ(config->listen(), "[::1]:0");
  EXPECT_EQ(config->model_workers(), 3);
  EXPECT_EQ(config->pivots(0).via(), "es");
}

TEST(ConfigTest, ErrorsHaveTheirPlace) {
  EXPECT_THAT(ErrorOf("\n  lisen: \"x\""), HasSubstr("x.textproto:2:8: "));
  EXPECT_THAT(ErrorOf("lisen: \"x\""), HasSubstr("lisen"));
  EXPECT_THAT(ErrorOf("model_queue: \"many\""), HasSubstr("x.textproto:1:14: "));
  EXPECT_THAT(ErrorOf("book: \"a\"\nbook: \"b\""), HasSubstr("x.textproto:2:"));
  EXPECT_THAT(ErrorOf("book: \"a"), HasSubstr("x.textproto:1:"));
}

TEST(ConfigTest, ValuesThatMakeNoSenseAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"model_workers: -1", "model_workers: -1 is not between 1 and 4096"},
      {"model_queue: 2000000", "model_queue"},
      {"drain_timeout_ms: -5", "drain_timeout_ms"},
      {"drain_delay_ms: -1", "drain_delay_ms: -1 is not between 0 and"},
      {"model_timeout_ms: 2000000000", "model_timeout_ms"},
      {"moderation { database: \"sqlite:x\" max_staleness_ms: 3999 }",
       "moderation.max_staleness_ms: 3999 is not between 4000 and"},
      {"apertium { pipelines_per_pair: 65 }", "apertium.pipelines_per_pair"},
      {"pivots { from: \"en\" to: \"pt\" }", "pivots[0]"},
      {"round_trips { from: \"en\" }", "round_trips[0]: from and to"},
      {"round_trips { from: \"en\" to: \"ca\" least_likeness: 1.5 }", "least_likeness: 1.5"},
      {"round_trips { from: \"en\" to: \"ca\" least_likeness: nan }", "least_likeness"},
      {"gate { lexicon_margin: 21 }", "gate.lexicon_margin: 21 is not between -20 and 20"},
      {"gate { lexicon_margin: nan }", "gate.lexicon_margin"},
      {"listen: \"127.0.0.1\"", "listen"},
      {"listen: \"127.0.0.1:65536\"", "listen"},
      {"listen: \"[::1]\"", "listen"},
      {"http {}", "http.address"},
      {"http { address: \"127.0.0.1\" }", "http.address"},
      {"http { address: \"unix:/tmp/x.sock\" }", "http.address"},
      {"http { address: \"[::1]:0\" allowed_origins: [\"*\", \"chat.example\"] }",
       "http.allowed_origins[1]"},
      {"http { address: \"[::1]:0\" allowed_origins: \"https://chat.example/\" }",
       "http.allowed_origins[0]"},
      {"http { address: \"[::1]:0\" allowed_origins: \"https://Chat.example\" }",
       "http.allowed_origins[0]"},
      {"http { address: \"[::1]:0\" allowed_origins: \"https://*.chat.example\" }",
       "http.allowed_origins[0]"},
  };
  for (const auto& [text, expected] : cases) {
    auto config = ParseConfig(text, "x");
    ASSERT_TRUE(config.ok()) << config.status();
    const absl::Status status = CompleteConfig(&*config);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(expected));
  }
}

TEST(ConfigTest, Files) {
  EXPECT_EQ(LoadConfig("/nonexistent/x").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadConfig("/").status().code(), absl::StatusCode::kNotFound);
  const std::string path = testing::TempDir() + "/config_test.textproto";
  std::ofstream(path).close();
  EXPECT_TRUE(LoadConfig(path).ok()) << "an empty file means: all defaults";
  std::ofstream(path) << "model_workers: 3";
  EXPECT_EQ(LoadConfig(path)->model_workers(), 3);
  std::remove(path.c_str());
}

TEST(ConfigTest, Loopback) {
  for (const char* address : {"127.0.0.1:0", "127.8.9.10:1", "localhost:1", "[::1]:1",
                              "unix:/tmp/x", "unix-abstract:x"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "example.org:1",
                              "127.evil.example:1", "127.0.0.1.example:1", "127.0.0.256:1",
                              "127.1:1", "unixy:1", "dns:///localhost:1", "127.0.0.-1:1", ":1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace signalbook
