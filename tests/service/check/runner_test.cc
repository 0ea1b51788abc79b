#include "service/check/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace signalbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Cases "0", "1", …, with a bad line before each whose number is in `bad`.
class Numbers final : public CaseSource {
 public:
  explicit Numbers(int64_t count, std::vector<int64_t> bad = {})
      : count_(count), bad_(std::move(bad)) {}
  std::optional<CaseOrBadLine> Next() override {
    if (!bad_.empty() && bad_.front() == next_) {
      bad_.erase(bad_.begin());
      return BadLine{"numbers", next_, "bad"};
    }
    if (next_ == count_) return std::nullopt;
    Case c;
    c.id = std::to_string(next_++);
    return c;
  }
  int64_t taken() const { return next_; }

 private:
  const int64_t count_;
  std::vector<int64_t> bad_;
  int64_t next_ = 0;
};

class Collector final : public ReportWriter {
 public:
  void Add(const CaseResult& result) override { order.push_back(result.id); }
  void Add(const BadLine& line) override { order.push_back("bad " + std::to_string(line.line)); }
  absl::Status Finish(const RunSummary& /*summary*/) override { return absl::OkStatus(); }
  std::vector<std::string> order;
};

absl::StatusOr<CaseResult> Pass(const Case& c, int64_t index) {
  CaseResult result;
  result.index = index;
  result.id = c.id;
  return result;
}

// Fails what the number divides.
CheckCase FailEvery(int64_t n) {
  return [n](const Case& c, int64_t index) {
    absl::StatusOr<CaseResult> result = Pass(c, index);
    if (index % n == 0) result->findings.push_back({"rule", "", "", ""});
    return result;
  };
}

TEST(RunTest, HandsOnInOrderWhateverThreadIsSlow) {
  Numbers numbers(2000, {0, 700, 2000});
  Collector collector;
  RunSummary summary;
  const CheckCase check = [](const Case& c, int64_t index) {
    if (index % 130 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(3));
    return Pass(c, index);
  };
  ASSERT_TRUE(RunCases(&numbers, check, {.threads = 8}, {{&collector}, nullptr}, &summary).ok());
  std::vector<std::string> expected;
  for (int i = 0; i < 2000; ++i) {
    if (i == 0 || i == 700) expected.push_back("bad " + std::to_string(i));
    expected.push_back(std::to_string(i));
  }
  expected.push_back("bad 2000");
  EXPECT_EQ(collector.order, expected);
  EXPECT_EQ(summary.passed, 2000);
  EXPECT_EQ(summary.bad_lines, 3);
  EXPECT_EQ(summary.left_out, 0);
}

TEST(RunTest, ShardsTakeEveryCaseAndEveryBadLineOnce) {
  std::vector<std::string> all;
  for (int shard = 0; shard < 3; ++shard) {
    Numbers numbers(100, {0, 7, 50, 100});
    Collector collector;
    RunSummary summary;
    ASSERT_TRUE(
        RunCases(&numbers, Pass, {.shard = shard, .shards = 3}, {{&collector}, nullptr}, &summary)
            .ok());
    EXPECT_EQ(summary.passed + summary.left_out, 100);
    all.insert(all.end(), collector.order.begin(), collector.order.end());
  }
  EXPECT_EQ(all.size(), 104u);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST(RunTest, EndsAtTheFirstFailuresInOrderAndReadsLittleBeyond) {
  Numbers numbers(int64_t{1} << 40);
  Collector collector;
  RunSummary summary;
  ASSERT_TRUE(RunCases(&numbers, FailEvery(5), {.threads = 4, .max_failures = 2},
                       {{&collector}, nullptr}, &summary)
                  .ok());
  EXPECT_THAT(collector.order, ElementsAre("0", "1", "2", "3", "4", "5"));
  EXPECT_EQ(summary.failed, 2);
  EXPECT_TRUE(summary.stopped_early);
  EXPECT_LT(numbers.taken(), 10000);
}

TEST(RunTest, OnlyWhatIsAskedFor) {
  Numbers numbers(1000);
  Collector collector;
  RunSummary summary;
  ASSERT_TRUE(RunCases(&numbers, Pass, {.only = "^99."}, {{&collector}, nullptr}, &summary).ok());
  EXPECT_EQ(collector.order.size(), 10u);
  EXPECT_EQ(summary.left_out, 990);
  EXPECT_EQ(RunCases(&numbers, Pass, {.only = "("}, {{&collector}, nullptr}, &summary).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RunTest, GoesOnWhereItWas) {
  Numbers numbers(100, {20, 60});
  Collector collector;
  RunSummary summary{.passed = 40, .bad_lines = 1};
  RunOptions options;
  options.from = {summary, 40};
  ASSERT_TRUE(RunCases(&numbers, Pass, options, {{&collector}, nullptr}, &summary).ok());
  EXPECT_EQ(collector.order.size(), 61u);
  EXPECT_EQ(collector.order.front(), "40");
  EXPECT_EQ(summary.passed, 100);
  EXPECT_EQ(summary.bad_lines, 2);
  EXPECT_EQ(summary.left_out, 0);
}

TEST(RunTest, NobodyToAskEndsItBehindWhatWasAnswered) {
  Numbers numbers(100000);
  Collector collector;
  RunSummary summary;
  const CheckCase check = [](const Case& c, int64_t index) -> absl::StatusOr<CaseResult> {
    if (index >= 100) return absl::UnavailableError("gone");
    return Pass(c, index);
  };
  EXPECT_EQ(RunCases(&numbers, check, {.threads = 4}, {{&collector}, nullptr}, &summary).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(collector.order.size(), 100u);
  EXPECT_TRUE(summary.stopped_early);
}

}  // namespace
}  // namespace signalbook::check
