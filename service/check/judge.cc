#include "service/check/judge.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "service/check/expectation.h"
#include "service/check/from_proto.h"
#include "service/check/second_opinion.h"
#include "service/check/wording.h"
#include "service/request.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/dialect.h"
#include "translator/language.h"
#include "translator/law.h"
#include "translator/sentences.h"
#include "translator/utf8.h"

namespace signalbook::check {
namespace {

constexpr size_t kMostKeys = 8;  // of SequenceOf

Asked AskedBy(const Case& c, const Book& book, bool explains) {
  Asked asked;
  asked.names = c.request.emoji_mode() == v1::EMOJI_MODE_NAME ||
                c.request.emoji_mode() == v1::EMOJI_MODE_KEEP_AND_NAME;
  // Nobody without a book can be expected to name an emoji beside it.
  asked.keeps = explains ? c.request.emoji_mode() != v1::EMOJI_MODE_NAME : !asked.names;
  absl::StatusOr<TranslateInput> input = CheckRequest(c.request, book);
  if (input.ok()) {
    asked.message = std::move(input->messages.front());
    asked.options = std::move(input->options);
    asked.understood = true;
  } else {
    static const std::string* const nothing = new std::string;
    absl::StatusOr<Message> message =
        Normalize(c.request.contents().empty() ? *nothing : c.request.contents(0));
    if (message.ok()) asked.message = *std::move(message);
  }
  return asked;
}

// Whether there is nothing to read: white space, controls and what draws nothing.
bool IsBlank(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const DecodedCodePoint c = DecodeUtf8(text, at);
    const auto value = static_cast<UChar32>(c.value);
    if (!u_isUWhiteSpace(value) && !u_iscntrl(value) &&
        !u_hasBinaryProperty(value, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
      return false;
    }
    at = c.end;
  }
  return true;
}

// ---- law/… ----

void JudgeLaw(const Message& message, const v1::Translation& answer, const Book& book,
              BookRows rows, std::vector<Finding>* findings) {
  const absl::StatusOr<Translation> translation = FromProto(answer);
  if (!translation.ok()) {
    findings->push_back({"law/piece", std::string(translation.status().message()), "", ""});
    return;
  }
  const std::vector<Breach> breaches = FindBreaches(message, *translation, book, rows);
  if (breaches.empty()) return;
  for (const std::string_view rule : {"tiling", "copy", "book", "model", "emoji", "refusal"}) {
    std::vector<std::string> broken;
    for (const Breach& breach : breaches) {
      if (breach.rule == rule) broken.push_back(breach.what);
    }
    if (!broken.empty()) {
      findings->push_back({StrCat("law/", rule), FirstAndMore(broken), "", ""});
    }
  }
}

// ---- gate/… ----

std::optional<LocaleId> SourceOf(const Asked& asked, std::string_view prose, const Book& book) {
  if (asked.options.source) return asked.options.source;
  const std::optional<std::string> language = DetectLanguage(prose);
  if (!language) return std::nullopt;
  return book.locales().Resolve(*language);
}

void JudgeByGate(const Asked& asked, const std::vector<Segment>& segments, std::string_view output,
                 const Translator& translator, std::vector<Finding>* findings) {
  const Message& message = *asked.message;
  std::string prose;
  for (const Segment& segment : segments) {
    if (segment.kind != SegmentKind::kProse) continue;
    prose.append(segment.range.of(message.text())).push_back(' ');
  }
  // Nothing to translate, and nothing was.
  if (!HasLetter(prose) && output == message.text()) return;
  const std::optional<LocaleId> source = SourceOf(asked, prose, translator.book());
  if (!source) return;

  struct Objections {
    Reason reason;
    std::vector<std::string> what;
  };
  std::vector<Objections> all;
  const std::string candidate = CandidateOf(message, output, translator.book().emoji());
  for (const CheckResult& result :
       translator.JudgeCandidate(message, candidate, *source, asked.options.target)) {
    if (!result.refusal || result.refusal->rule == "no_guards") continue;
    if (asked.names && (result.check == "emoji" || result.check == "markers")) continue;
    const Reason reason = result.refusal->reason;
    auto same = std::find_if(all.begin(), all.end(),
                             [&](const Objections& known) { return known.reason == reason; });
    if (same == all.end()) same = all.insert(all.end(), {reason, {}});
    std::string what = StrCat(result.refusal->rule, ": ", result.refusal->detail);
    if (!result.saw.empty()) what += StrCat(" (", result.saw, ")");
    same->what.push_back(std::move(what));
  }
  std::sort(all.begin(), all.end(),
            [](const Objections& a, const Objections& b) { return a.reason < b.reason; });
  for (const Objections& objections : all) {
    const std::string& name = v1::Reason_Name(static_cast<v1::Reason>(objections.reason));
    findings->push_back({StrCat("gate/", WithoutPrefix(name, "REASON_")),
                         FirstAndMore(objections.what), "", std::string(output)});
  }
}

// ---- answer/…, expect/error ----

void JudgeError(const std::optional<std::string>& expected, const absl::Status& error,
                std::vector<Finding>* findings) {
  const std::string code(AsStd(absl::StatusCodeToString(error.code())));
  std::string reason = ReasonOf(error);
  if (expected && (*expected == reason || *expected == code)) return;
  if (reason.empty()) reason = code;
  std::string message = StrCat(reason, ": ", AsStd(error.message()));
  if (absl::IsDeadlineExceeded(error)) {
    findings->push_back({"answer/timeout", std::move(message), "", ""});
  } else if (expected) {
    findings->push_back({"expect/error", StrCat("not ", *expected, " but ", message), *expected,
                         std::move(reason)});
  } else {
    findings->push_back({"answer/error", std::move(message), "", std::move(reason)});
  }
}

}  // namespace

Judge::Judge(std::shared_ptr<const Translator> translator, JudgeOptions options)
    : translator_(std::move(translator)), options_(options) {}

std::vector<Finding> Judge::FindingsOf(const Case& c,
                                       const absl::StatusOr<v1::Translation>& answer) const {
  std::vector<Finding> findings;
  if (!answer.ok()) {
    JudgeError(c.expect.error, answer.status(), &findings);
  } else if (c.expect.error) {
    findings.push_back({"expect/error",
                        StrCat("answered, where ", *c.expect.error, " was expected"),
                        *c.expect.error, answer->translated_text()});
  } else {
    JudgeAnswer(c, *answer, &findings);
  }
  // What others say (a server's error, a gate's "saw") may have any form.
  for (Finding& finding : findings) finding.message = OneLine(finding.message);
  return findings;
}

void Judge::JudgeAnswer(const Case& c, const v1::Translation& answer,
                        std::vector<Finding>* findings) const {
  const absl::StatusOr<Message> translated = Normalize(answer.translated_text());
  if (!translated.ok()) {
    findings->push_back({"answer/text", "the translation is not UTF-8", "", ""});
    return;
  }

  const Asked asked = AskedBy(c, translator_->book(), options_.explains);
  const std::string_view text = asked.message ? asked.message->text() : std::string_view();
  const std::string_view output = translated->text();
  const bool blank = IsBlank(output) && !IsBlank(text);
  EmojiChange emoji;
  if (asked.message) {
    const std::vector<Segment> segments = FindCodes(text, translator_->Segments(*asked.message),
                                                    translator_->book(), asked.options.dialects);
    if (asked.keeps || c.expect.emoji_preserved) {
      emoji = FindEmojiChange(asked, segments, output, translator_->book().emoji());
    }
    if (!blank) JudgeTranslation(asked, segments, answer, output, emoji, findings);
  }
  JudgeExpectations(c.expect,
                    {.answer = answer,
                     .text = output,
                     .explains = options_.explains,
                     .emoji_same = emoji.same,
                     .emoji_saw = emoji.what},
                    findings);
  if (blank) findings->push_back({"answer/text", "blank, for a message that is not", "", ""});
}

void Judge::JudgeTranslation(const Asked& asked, const std::vector<Segment>& segments,
                             const v1::Translation& answer, std::string_view output,
                             const EmojiChange& emoji, std::vector<Finding>* findings) const {
  const Book& book = translator_->book();
  if (options_.explains) {
    JudgeLaw(*asked.message, answer, book,
             options_.other_book ? BookRows::kBelieve : BookRows::kLookUp, findings);
  }
  if (asked.keeps && !emoji.same) {
    findings->push_back({"emoji/kept", emoji.what, emoji.expected, emoji.actual});
  }
  if (asked.names && asked.understood && !options_.other_book) {
    JudgeFlags(asked, segments, output, book, findings);
  }
  JudgeProtected(*asked.message, segments, output, findings);
  if (!options_.explains && asked.understood) {
    JudgeByGate(asked, segments, output, *translator_, findings);
  }
}

std::string Judge::SequenceOf(std::string_view text) const {
  if (FindInvalidUtf8(text)) return "";
  std::vector<EmojiCluster> clusters;
  FindEmoji(text, translator_->book().emoji(), &clusters);
  clusters.resize(std::min(clusters.size(), kMostKeys));
  std::string keys;
  for (const EmojiCluster& cluster : clusters) {
    if (!keys.empty()) keys += ' ';
    keys += KeyOf(cluster.range.of(text));
  }
  return keys;
}

}  // namespace signalbook::check
