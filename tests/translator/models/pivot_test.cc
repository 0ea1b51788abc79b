#include "translator/models/pivot.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

using testing::ElementsAre;

// Answers with the pair it was asked for; serves only a few.
class LegModel final : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    const std::string pair = request.source_locale + "-" + request.target_locale;
    std::vector<absl::StatusOr<Candidate>> results;
    for (const std::string& sentence : request.sentences) {
      if (pair == "en-es" && sentence == "bad") {
        results.push_back(absl::UnavailableError("crashed"));
      } else if (pair == "en-es" || pair == "es-pt-BR" || pair == "es-pt") {
        results.push_back(
            Candidate{.text = sentence + " " + pair, .model = {.name = pair, .version = "1"}});
      } else {
        results.push_back(absl::NotFoundError("no such pair"));
      }
    }
    return results;
  }
};

ModelRequest Request(std::string from, std::string to, std::vector<std::string> sentences) {
  return {.source_locale = std::move(from),
          .target_locale = std::move(to),
          .sentences = std::move(sentences)};
}

TEST(PivotModelTest, GoesByWayOfTheThirdLanguage) {
  LegModel legs;
  PivotModel pivot(legs, {{"en", "es", "pt"}});
  const auto results = pivot.Translate(Request("en", "pt-BR", {"a", "bad", "c ⟦0⟧"}));
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]->text, "a en-es es-pt-BR");
  EXPECT_EQ(results[0]->model, (ModelRef{.name = "en-es>es-pt-BR", .version = "1>1"}));
  EXPECT_EQ(results[1].status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(results[2]->text, "c ⟦0⟧ en-es es-pt-BR");
}

TEST(PivotModelTest, BothLegsBelongToTheSameCall) {
  RecordingModel legs(std::make_shared<LegModel>());
  PivotModel pivot(legs, {{"en", "es", "pt"}});
  ModelRequest request = Request("en", "pt", {"a"});
  request.traceparent = "trace";
  request.hops = 2;
  pivot.Translate(request);
  ASSERT_EQ(legs.requests().size(), 2u);
  for (const ModelRequest& leg : legs.requests()) {
    EXPECT_EQ(leg.traceparent, "trace");
    EXPECT_EQ(leg.hops, 2);
    EXPECT_EQ(leg.deadline, request.deadline);
  }
}

TEST(PivotModelTest, NoRouteIsNotFound) {
  LegModel legs;
  PivotModel pivot(legs, {{"en", "es", "pt"}, {"en", "es", "fr"}, {"en", "es", "zh-Hant"}});
  for (const char* to : {"es", "de", "p", "ptx", "zh", "fr"}) {  // fr: the second leg has no pair
    EXPECT_EQ(pivot.Translate(Request("en", to, {"a"}))[0].status().code(),
              absl::StatusCode::kNotFound)
        << to;
  }
  EXPECT_THAT(pivot.Translate(Request("en", "pt", {})), ElementsAre());
}

// Law 2, for the model of the second leg.
TEST(PivotModelTest, NothingHostileReachesTheSecondModel) {
  const auto hostile_first = [](Hostility hostility) {
    // Hostile towards Spanish, attentive to what comes after.
    class TwoFaced final : public Model {
     public:
      explicit TwoFaced(Hostility hostility) : hostile_(hostility) {}
      std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
        return request.target_locale == "es" ? hostile_.Translate(request)
                                             : heard.Translate(request);
      }
      HostileModel hostile_;
      RecordingModel heard{std::make_shared<IdentityModel>()};
    };
    return std::make_unique<TwoFaced>(hostility);
  };
  for (Hostility hostility :
       {Hostility::kAddFlag, Hostility::kAddEmoji, Hostility::kInvalidUtf8, Hostility::kPrivateUse,
        Hostility::kTagCharacters, Hostility::kVariationSelector, Hostility::kNul,
        Hostility::kEmpty, Hostility::kHuge, Hostility::kFail, Hostility::kTooFew,
        Hostility::kTooMany}) {
    const auto model = hostile_first(hostility);
    PivotModel pivot(*model, {{"en", "es", "pt"}});
    const auto results = pivot.Translate(Request("en", "pt", {"hello ⟦0⟧", "bye"}));
    ASSERT_EQ(results.size(), 2u);
    for (const auto& result : results) {
      EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
    }
    EXPECT_THAT(model->heard.sentences(), ElementsAre()) << static_cast<int>(hostility);
  }
}

TEST(PivotModelTest, CharactersOfTheSourceMayTravel) {
  RecordingModel heard(std::make_shared<IdentityModel>());
  PivotModel pivot(heard, {{"en", "es", "fa"}});
  const std::string text = "a\u200Cb \u00AD";  // a joiner that spells, a soft hyphen that was there
  EXPECT_EQ(pivot.Translate(Request("en", "fa", {text}))[0]->text, text);
  EXPECT_THAT(heard.sentences(), ElementsAre(text, text));
}

}  // namespace
}  // namespace signalbook
