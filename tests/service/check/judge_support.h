// Cases, answers and judges over the book of the tests.
#ifndef SIGNALBOOK_TESTS_SERVICE_CHECK_JUDGE_SUPPORT_H_
#define SIGNALBOOK_TESTS_SERVICE_CHECK_JUDGE_SUPPORT_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/judge.h"
#include "service/request.h"
#include "service/response.h"
#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"

namespace signalbook::check {

using Dictionary = std::map<std::string, std::string>;

struct Ask {
  std::string text;
  std::string from = "en";
  std::string to = "es";
  v1::EmojiMode mode = v1::EMOJI_MODE_KEEP;
  std::vector<std::string> dialects = {};
  std::string market = "";
  v1::Policy policy = v1::POLICY_GUARDED;
};

inline Case CaseOf(const Ask& ask) {
  Case c;
  c.id = "test";
  c.request.add_contents(ask.text);
  c.request.set_source_language_code(ask.from);
  c.request.set_target_language_code(ask.to);
  c.request.set_emoji_mode(ask.mode);
  for (const std::string& dialect : ask.dialects) c.request.add_dialects(dialect);
  c.request.set_market(ask.market);
  c.request.set_policy(ask.policy);
  return c;
}

// What Signalbook answers with that model.
inline absl::StatusOr<v1::Translation> AnswerTo(const Case& c, std::shared_ptr<Model> model) {
  const absl::StatusOr<TranslateInput> input = CheckRequest(c.request, *TestBook());
  if (!input.ok()) return input.status();
  v1::TranslateTextResponse response;
  Answer(TestTranslator(std::move(model)), *input, &response);
  return response.translations(0);
}

inline v1::Translation TextAnswer(const std::string& text) {
  v1::Translation answer;
  answer.set_translated_text(text);
  return answer;
}

inline const Judge& JudgeWith(JudgeOptions options) {
  static const auto* const judges = [] {
    const std::shared_ptr<const Translator> translator(std::shared_ptr<void>(),
                                                       &TestTranslator(nullptr));
    auto* made = new std::map<std::pair<bool, bool>, std::unique_ptr<const Judge>>;
    for (const bool explains : {false, true}) {
      for (const bool other_book : {false, true}) {
        (*made)[{explains, other_book}] = std::make_unique<const Judge>(
            translator, JudgeOptions{.explains = explains, .other_book = other_book});
      }
    }
    return made;
  }();
  return *judges->at({options.explains, options.other_book});
}

inline std::vector<Finding> FindingsOf(const Case& c, const absl::StatusOr<v1::Translation>& answer,
                                       JudgeOptions options = {}) {
  return JudgeWith(options).FindingsOf(c, answer);
}

inline std::vector<std::string> RulesOf(const std::vector<Finding>& findings) {
  std::vector<std::string> rules;
  for (const Finding& finding : findings) rules.push_back(finding.rule);
  return rules;
}

// For people.
inline std::string Told(const std::vector<Finding>& findings) {
  std::string told;
  for (const Finding& finding : findings) told += finding.rule + ": " + finding.message + "\n";
  return told;
}

}  // namespace signalbook::check

#endif  // SIGNALBOOK_TESTS_SERVICE_CHECK_JUDGE_SUPPORT_H_
