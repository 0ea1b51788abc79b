#include "translator/models/first_of.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

// Knows some sentences, fails at some, and has not heard of the rest.
class KnowingModel final : public Model {
 public:
  KnowingModel(std::string name, std::map<std::string, absl::StatusOr<std::string>> known)
      : name_(std::move(name)), known_(std::move(known)) {}

  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    ++calls;
    std::vector<absl::StatusOr<Candidate>> results;
    for (const std::string& sentence : request.sentences) {
      const auto found = known_.find(sentence);
      if (found == known_.end()) {
        results.emplace_back(absl::NotFoundError(name_));
      } else if (!found->second.ok()) {
        results.emplace_back(found->second.status());
      } else {
        results.emplace_back(Candidate{*found->second, {name_, ""}});
      }
    }
    if (short_answer && !results.empty()) results.pop_back();
    return results;
  }

  int calls = 0;
  bool short_answer = false;

 private:
  const std::string name_;
  const std::map<std::string, absl::StatusOr<std::string>> known_;
};

ModelRequest Asking(std::vector<std::string> sentences) {
  return {"en", "es", std::move(sentences), absl::InfiniteFuture()};
}

TEST(FirstOfModelTest, EachSentenceGoesToTheFirstThatKnowsIt) {
  const auto first = std::make_shared<KnowingModel>(
      "first", std::map<std::string, absl::StatusOr<std::string>>{
                   {"a", "A"}, {"broken", absl::UnavailableError("down")}});
  const auto second = std::make_shared<KnowingModel>(
      "second", std::map<std::string, absl::StatusOr<std::string>>{
                    {"a", "worse"}, {"b", "B"}, {"broken", "covered up"}});
  FirstOfModel model({first, second});
  const auto results = model.Translate(Asking({"b", "a", "broken", "nobody"}));
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0]->text, "B");
  EXPECT_EQ(results[0]->model.name, "second");
  EXPECT_EQ(results[1]->text, "A");
  EXPECT_EQ(results[2].status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(results[3].status().code(), absl::StatusCode::kNotFound);
}

TEST(FirstOfModelTest, NobodyIsAskedInVain) {
  const auto first = std::make_shared<KnowingModel>(
      "first", std::map<std::string, absl::StatusOr<std::string>>{{"a", "A"}});
  const auto second = std::make_shared<KnowingModel>(
      "second", std::map<std::string, absl::StatusOr<std::string>>{});
  FirstOfModel model({first, second});
  model.Translate(Asking({"a", "a"}));
  EXPECT_EQ(first->calls, 1);
  EXPECT_EQ(second->calls, 0);
}

TEST(FirstOfModelTest, AnAnswerLeftOutIsAFailure) {
  const auto first = std::make_shared<KnowingModel>(
      "first", std::map<std::string, absl::StatusOr<std::string>>{{"a", "A"}});
  first->short_answer = true;
  FirstOfModel model({first});
  const auto results = model.Translate(Asking({"a", "a"}));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_TRUE(results[0].ok());
  EXPECT_EQ(results[1].status().code(), absl::StatusCode::kInternal);
}

TEST(FirstOfModelTest, AModelThatFailsIsStoodInForIfAsked) {
  using Code = absl::StatusCode;
  const struct {
    std::string what;
    Code first, second;
    Code code;         // of the result
    std::string text;  // or its message: who it is from
    bool asks_second;
  } kRows[] = {
      {"unavailable", Code::kUnavailable, Code::kOk, Code::kOk, "second", true},
      {"late", Code::kDeadlineExceeded, Code::kOk, Code::kOk, "second", true},
      {"broken", Code::kInternal, Code::kOk, Code::kOk, "second", true},
      {"no such pair", Code::kNotFound, Code::kOk, Code::kOk, "second", true},
      {"answered", Code::kOk, Code::kOk, Code::kOk, "first", false},
      {"a refused key shows", Code::kFailedPrecondition, Code::kOk, Code::kFailedPrecondition,
       "first", false},
      {"no text", Code::kInvalidArgument, Code::kOk, Code::kInvalidArgument, "first", false},
      {"both fail", Code::kUnavailable, Code::kInternal, Code::kUnavailable, "first", true},
      {"failed, and the other knows no such pair", Code::kInternal, Code::kNotFound,
       Code::kInternal, "first", true},
      {"failed, and the other's key is refused", Code::kUnavailable, Code::kFailedPrecondition,
       Code::kUnavailable, "first", true},
      {"only the other fails", Code::kNotFound, Code::kUnavailable, Code::kUnavailable, "second",
       true},
      {"nobody knows", Code::kNotFound, Code::kNotFound, Code::kNotFound, "first", true},
  };
  const auto model = [](const std::string& name, Code code) {
    const absl::StatusOr<std::string> says =
        code == Code::kOk ? absl::StatusOr<std::string>(name) : absl::Status(code, name);
    return std::make_shared<KnowingModel>(
        name, std::map<std::string, absl::StatusOr<std::string>>{{"a", says}});
  };
  for (const auto& row : kRows) {
    const auto first = model("first", row.first), second = model("second", row.second);
    FirstOfModel both({first, second}, OnFailure::kAskNext);
    const absl::StatusOr<Candidate> result = both.Translate(Asking({"a"})).at(0);
    EXPECT_EQ(result.status().code(), row.code) << row.what;
    EXPECT_EQ(second->calls, row.asks_second ? 1 : 0) << row.what;
    if (row.code == Code::kNotFound) continue;
    EXPECT_EQ(result.ok() ? result->text : result.status().message(), row.text) << row.what;
  }
}

TEST(FirstOfModelTest, OnlySentencesThatFailedAreAskedForAgain) {
  const auto first = std::make_shared<KnowingModel>(
      "first", std::map<std::string, absl::StatusOr<std::string>>{
                   {"a", "A"}, {"broken", absl::UnavailableError("down")}});
  const auto second = std::make_shared<KnowingModel>(
      "second",
      std::map<std::string, absl::StatusOr<std::string>>{{"a", "worse"}, {"broken", "B"}});
  const auto results = FirstOfModel({first, second}, OnFailure::kAskNext)
                           .Translate(Asking({"broken", "a", "broken"}));
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]->text, "B");
  EXPECT_EQ(results[1]->text, "A");
  EXPECT_EQ(results[2]->model.name, "second");
}

TEST(FirstOfModelTest, WithoutTimeNobodyStandsIn) {
  const auto first =
      std::make_shared<KnowingModel>("first", std::map<std::string, absl::StatusOr<std::string>>{
                                                  {"a", absl::DeadlineExceededError("late")}});
  const auto second = std::make_shared<KnowingModel>(
      "second", std::map<std::string, absl::StatusOr<std::string>>{{"a", "A"}});
  ModelRequest request = Asking({"a"});
  request.deadline = absl::Now();
  const auto results = FirstOfModel({first, second}, OnFailure::kAskNext).Translate(request);
  EXPECT_EQ(results.at(0).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(second->calls, 0);
}

TEST(FirstOfModelTest, WithoutModelsNothingIsKnown) {
  FirstOfModel model({});
  EXPECT_EQ(model.Translate(Asking({"a"})).at(0).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace signalbook
