// What is translated back must resemble the message.
#include "translator/round_trip.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

TEST(LikenessTest, OfTwoTexts) {
  EXPECT_DOUBLE_EQ(Likeness("I love dogs", "I love dogs"), 1);
  EXPECT_DOUBLE_EQ(Likeness("I love dogs!", "i  LOVE dogs."), 1) << "case and punctuation";
  EXPECT_DOUBLE_EQ(Likeness("我爱狗", "我爱狗。"), 1);
  EXPECT_DOUBLE_EQ(Likeness("abc", "xyz"), 0);
  EXPECT_DOUBLE_EQ(Likeness("", "I love dogs"), 0);
  EXPECT_DOUBLE_EQ(Likeness("...", "..."), 0);
  EXPECT_DOUBLE_EQ(Likeness("I love dogs", "I love \xFF"), 0);
  EXPECT_DOUBLE_EQ(Likeness("a", "a"), 1);
  const double near = Likeness("The house is red.", "The red house.");
  const double far = Likeness("The house is red.", "He's in prison");
  EXPECT_GT(near, 0.4);
  EXPECT_LT(far, kDefaultLikeness);
  EXPECT_DOUBLE_EQ(far, Likeness("He's in prison", "The house is red.")) << "symmetric";
}

class RoundTripTest : public ::testing::Test {
 protected:
  // es → ca by `model`, and back by `reverse`.
  Translation Translate(std::shared_ptr<Model> model, std::shared_ptr<Model> reverse,
                        std::string_view text, std::string_view to = "ca") {
    TranslatorOptions options;
    options.round_trips = {{"es", "ca"}};
    options.reverse_model = std::move(reverse);
    const auto translator = Translator::Create(TestBook(), std::move(model), options);
    return TranslateOne(**translator, text, {.from = "es", .to = to});
  }

  std::shared_ptr<Model> Says(std::map<std::string, std::string> dictionary) {
    return std::make_shared<DictionaryModel>(std::move(dictionary));
  }

  const std::shared_ptr<Model> honest_ = Says({{"Me gusta la casa.", "M'agrada la casa."}});
  const std::shared_ptr<Model> detached_ = Says({{"Me gusta la casa.", "El tren arriba tard."}});
  const std::shared_ptr<Model> reverse_ = Says({{"M'agrada la casa.", "Me gusta la casa."},
                                                {"El tren arriba tard.", "El tren llega tarde."}});
};

TEST_F(RoundTripTest, LetsOutWhatComesBack) {
  EXPECT_EQ(Picture(Translate(honest_, reverse_, "Me gusta la casa.")), "M'agrada la casa.|M");
}

TEST_F(RoundTripTest, RefusesWhatComesBackAsSomethingElse) {
  const Translation translation = Translate(detached_, reverse_, "Me gusta la casa.");
  EXPECT_EQ(Picture(translation), "Me gusta la casa.|C(unlike)");
  EXPECT_EQ(translation.pieces[0].refusal->reason, Reason::kRoundTrip);
  EXPECT_EQ(translation.pieces[0].refusal->detail.find("tren"), std::string::npos);
}

TEST_F(RoundTripTest, OtherRoutesAreNotAsked) {
  const auto model = Says({{"Me gusta la casa.", "Gosto da casa."}});
  const auto recorder = std::make_shared<RecordingModel>(reverse_);
  EXPECT_EQ(Picture(Translate(model, recorder, "Me gusta la casa.", "pt")), "Gosto da casa.|M");
  EXPECT_TRUE(recorder->requests().empty());
}

TEST_F(RoundTripTest, SaysWhyNobodyCouldTell) {
  const struct {
    std::shared_ptr<Model> reverse;
    std::string_view rule;
  } kRows[] = {
      {Says({}), "no_model"},
      {std::make_shared<DeadModel>(), "unavailable"},
      {std::make_shared<HostileModel>(Hostility::kFail), "failed"},
      {std::make_shared<HostileModel>(Hostility::kTooFew), "failed"},
      {std::make_shared<HostileModel>(Hostility::kEmpty), "unlike"},
      {std::make_shared<HostileModel>(Hostility::kInvalidUtf8), "unlike"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(Picture(Translate(honest_, row.reverse, "Me gusta la casa.")),
              "Me gusta la casa.|C(" + std::string(row.rule) + ")");
  }
}

// The reverse model is asked what the law lets a model see, in one batch, for what the gate licensed.
TEST_F(RoundTripTest, AsksOnceAndWithoutEmoji) {
  const auto model = std::make_shared<DictionaryModel>(
      std::map<std::string, std::string>{{"Me gusta ⟦0⟧ la casa.", "M'agrada ⟦0⟧ la casa."},
                                         {"El perro come.", "El gos menja."},
                                         {"Vivo aquí.", "Estic a la presó."}});
  const auto recorder = std::make_shared<RecordingModel>(
      std::make_shared<DictionaryModel>(std::map<std::string, std::string>{
          {"M'agrada   la casa.", "Me gusta la casa."}, {"El gos menja.", "El perro come."}}));
  const Translation translation =
      Translate(model, recorder, "Me gusta 🐶 la casa. El perro come. Vivo aquí.");
  ASSERT_EQ(recorder->requests().size(), 1);
  EXPECT_EQ(recorder->requests()[0].source_locale, "ca");
  EXPECT_EQ(recorder->requests()[0].target_locale, "es");
  for (const std::string& sentence : recorder->sentences()) {
    EXPECT_EQ(sentence.find("🐶"), std::string::npos);
    EXPECT_EQ(sentence.find("presó"), std::string::npos) << "the gate had refused it";
  }
}

}  // namespace
}  // namespace signalbook
