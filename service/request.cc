#include "service/request.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "service/limits.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/dialect.h"

namespace signalbook {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

std::string Indexed(std::string_view field, int index) { return StrCat(field, "[", index, "]"); }

// Counts starts of characters: exact for UTF-8, and bytes that are not are refused later.
int64_t CountCodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char byte) { return (static_cast<uint8_t>(byte) & 0xC0) != 0x80; });
}

int64_t CountCodePoints(const Strings& texts) {
  int64_t count = 0;
  for (const std::string& text : texts) count += CountCodePoints(text);
  return count;
}

absl::Status OverLimit(std::string_view reason, std::string field, std::string_view what,
                       int64_t actual, int64_t limit) {
  return InvalidRequest(
      {.reason = reason,
       .field = std::move(field),
       .description = StrCat(actual, " ", what, "; at most ", limit, " are allowed"),
       .metadata = {{"actual", StrCat(actual)}, {"limit", StrCat(limit)}}});
}

// A name the caller sent that means nothing here. It is repeated only while it is short.
absl::Status Unknown(std::string_view reason, std::string field, const std::string& value,
                     std::string_view expected) {
  std::map<std::string, std::string> metadata;
  if (value.size() <= kMaxEchoedBytes) metadata = {{"value", value}};
  const std::string shown =
      metadata.empty() ? StrCat("a value of ", value.size(), " bytes") : StrCat("\"", value, "\"");
  return InvalidRequest({.reason = reason,
                         .field = std::move(field),
                         .description = StrCat(shown, " is unknown; ", expected),
                         .metadata = std::move(metadata)});
}

// `weight`: how often each message counts towards the limit of the batch.
absl::Status CheckContents(const Strings& contents, int weight) {
  if (contents.empty()) {
    return InvalidRequest({.reason = reason::kContentsEmpty,
                           .field = "contents",
                           .description = StrCat("no message; send 1 to ", kMaxContents),
                           .metadata = {{"limit", StrCat(kMaxContents)}}});
  }
  if (contents.size() > kMaxContents) {
    return OverLimit(reason::kTooManyContents, "contents", "messages", contents.size(),
                     kMaxContents);
  }
  int64_t total = 0;
  for (int i = 0; i < contents.size(); ++i) {
    const int64_t count = CountCodePoints(contents[i]);
    if (count > kMaxContentCodePoints) {
      return OverLimit(reason::kContentTooLong, Indexed("contents", i), "code points", count,
                       kMaxContentCodePoints);
    }
    total += count * weight;
  }
  if (total > kMaxBatchCodePoints) {
    return OverLimit(
        reason::kBatchTooLong, "contents",
        weight > 1 ? StrCat("code points together, each counted for ", weight, " display locales")
                   : "code points together",
        total, kMaxBatchCodePoints);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Message>> NormalizeAll(const Strings& contents) {
  std::vector<Message> messages;
  messages.reserve(contents.size());
  for (int i = 0; i < contents.size(); ++i) {
    absl::StatusOr<Message> message = Normalize(contents[i]);
    if (!message.ok()) {
      return InvalidUtf8(Indexed("contents", i), FindInvalidUtf8(contents[i]).value_or(0));
    }
    messages.push_back(*std::move(message));
  }
  return messages;
}

absl::StatusOr<LocaleId> ResolveLanguage(std::string_view reason, std::string field,
                                         const std::string& tag, const Book& book) {
  const std::optional<LocaleId> locale = book.locales().Resolve(tag);
  // Root holds what is common to all languages; it is none.
  if (locale && *locale != kRootLocale) return *locale;
  return Unknown(reason, std::move(field), tag,
                 "expected a BCP 47 language the book has, such as \"es\" or \"zh-Hant\"");
}

// proto3 enums are open: a number nobody declared arrives as it is.
absl::Status CheckEnum(std::string_view field, int value,
                       const google::protobuf::EnumDescriptor& type) {
  if (type.FindValueByNumber(value) != nullptr) return absl::OkStatus();
  std::vector<std::string> names;
  names.reserve(type.value_count());
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  const std::string allowed = absl::StrJoin(names, ", ");
  return InvalidRequest({.reason = reason::kEnumValueUnknown,
                         .field = std::string(field),
                         .description = StrCat(value, " is not one of ", allowed),
                         .metadata = {{"value", StrCat(value)}, {"allowed", allowed}}});
}

EmojiMode FromProto(v1::EmojiMode mode) {
  switch (mode) {
    case v1::EMOJI_MODE_NAME:
      return EmojiMode::kName;
    case v1::EMOJI_MODE_KEEP_AND_NAME:
      return EmojiMode::kKeepAndName;
    default:
      return EmojiMode::kKeep;
  }
}

Policy FromProto(v1::Policy policy) {
  return policy == v1::POLICY_STRICT ? Policy::kStrict : Policy::kGuarded;
}

// OFFSET_ENCODING_UTF16 as true.
absl::StatusOr<bool> CheckOffsetEncoding(v1::OffsetEncoding encoding) {
  absl::Status known = CheckEnum("offset_encoding", encoding, *v1::OffsetEncoding_descriptor());
  if (!known.ok()) return known;
  return encoding == v1::OFFSET_ENCODING_UTF16;
}

absl::StatusOr<LocaleId> ResolveSource(const std::string& tag, const Book& book) {
  return ResolveLanguage(reason::kSourceLanguageUnknown, "source_language_code", tag, book);
}

absl::Status LanguageMissing(std::string_view reason, std::string_view field) {
  return InvalidRequest({.reason = reason,
                         .field = std::string(field),
                         .description = "required: a BCP 47 language such as \"es\"",
                         .metadata = {}});
}

absl::StatusOr<LocaleId> ResolveTarget(const std::string& tag, const Book& book) {
  if (tag.empty()) return LanguageMissing(reason::kTargetLanguageMissing, "target_language_code");
  return ResolveLanguage(reason::kTargetLanguageUnknown, "target_language_code", tag, book);
}

absl::Status CheckDialects(const Strings& names, std::vector<Dialect>* dialects) {
  for (int i = 0; i < names.size(); ++i) {
    const std::optional<Dialect> dialect = DialectNamed(names[i]);
    if (!dialect) {
      return Unknown(reason::kDialectUnknown, Indexed("dialects", i), names[i],
                     "expected github, slack, discord, emojibase, wechat or emoticons");
    }
    // Each once: the list is gone through for every code.
    if (std::find(dialects->begin(), dialects->end(), *dialect) == dialects->end()) {
      dialects->push_back(*dialect);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TranslateOptions> CheckOptions(const v1::TranslateTextRequest& request,
                                              const Book& book) {
  TranslateOptions options;
  absl::StatusOr<LocaleId> target = ResolveTarget(request.target_language_code(), book);
  if (!target.ok()) return target.status();
  options.target = *target;

  if (!request.source_language_code().empty()) {
    absl::StatusOr<LocaleId> source = ResolveSource(request.source_language_code(), book);
    if (!source.ok()) return source.status();
    options.source = *source;
  }

  absl::Status known = CheckEnum("emoji_mode", request.emoji_mode(), *v1::EmojiMode_descriptor());
  known.Update(CheckEnum("policy", request.policy(), *v1::Policy_descriptor()));
  if (!known.ok()) return known;
  options.emoji_mode = FromProto(request.emoji_mode());
  options.policy = FromProto(request.policy());

  if (absl::Status status = CheckDialects(request.dialects(), &options.dialects); !status.ok()) {
    return status;
  }
  if (!request.market().empty()) {
    const std::optional<MarketId> market = book.Market(request.market());
    if (!market) {
      const std::vector<std::string_view> names = book.MarketNames();
      return Unknown(
          reason::kMarketUnknown, "market", request.market(),
          names.empty()
              ? "the book has no markets"
              : StrCat("the book has ",
                       absl::StrJoin(std::vector<std::string>(names.begin(), names.end()), ", ")));
    }
    options.market = *market;
  }
  return options;
}

}  // namespace

absl::StatusOr<TranslateInput> CheckRequest(const v1::TranslateTextRequest& request,
                                            const Book& book) {
  if (absl::Status status = CheckContents(request.contents(), 1); !status.ok()) return status;
  absl::StatusOr<TranslateOptions> options = CheckOptions(request, book);
  if (!options.ok()) return options.status();
  const absl::StatusOr<bool> utf16 = CheckOffsetEncoding(request.offset_encoding());
  if (!utf16.ok()) return utf16.status();
  absl::StatusOr<std::vector<Message>> messages = NormalizeAll(request.contents());
  if (!messages.ok()) return messages.status();
  return TranslateInput{*std::move(messages), *options, *utf16};
}

absl::StatusOr<AnalyzeInput> CheckRequest(const v1::AnalyzeTextRequest& request, const Book& book) {
  const int locale_count = request.display_locales_size();
  if (locale_count > kMaxDisplayLocales) {
    return OverLimit(reason::kTooManyLocales, "display_locales", "locales", locale_count,
                     kMaxDisplayLocales);
  }
  if (absl::Status status = CheckContents(request.contents(), std::max(1, locale_count));
      !status.ok()) {
    return status;
  }
  AnalyzeInput input;
  const absl::StatusOr<bool> utf16 = CheckOffsetEncoding(request.offset_encoding());
  if (!utf16.ok()) return utf16.status();
  input.utf16_offsets = *utf16;
  for (int i = 0; i < locale_count; ++i) {
    absl::StatusOr<LocaleId> locale =
        ResolveLanguage(reason::kDisplayLocaleUnknown, Indexed("display_locales", i),
                        request.display_locales(i), book);
    if (!locale.ok()) return locale.status();
    input.display_locales.push_back(*locale);
  }
  absl::StatusOr<std::vector<Message>> messages = NormalizeAll(request.contents());
  if (!messages.ok()) return messages.status();
  input.messages = *std::move(messages);
  return input;
}

absl::StatusOr<TranslateInput> CheckRequest(const v1::DetectLanguageRequest& request,
                                            const Book& book) {
  if (absl::Status status = CheckContents(request.contents(), 1); !status.ok()) return status;
  TranslateInput input;
  if (!request.target_language_code().empty()) {
    const absl::StatusOr<LocaleId> target = ResolveTarget(request.target_language_code(), book);
    if (!target.ok()) return target.status();
    input.options.target = *target;
  }
  if (absl::Status status = CheckDialects(request.dialects(), &input.options.dialects);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::vector<Message>> messages = NormalizeAll(request.contents());
  if (!messages.ok()) return messages.status();
  input.messages = *std::move(messages);
  return input;
}

absl::StatusOr<std::string> CheckDisplayLanguage(const v1::ListLanguagesRequest& request,
                                                 const Book& book) {
  if (request.display_language_code().empty()) return std::string("en");
  const absl::StatusOr<LocaleId> locale =
      ResolveLanguage(reason::kDisplayLocaleUnknown, "display_language_code",
                      request.display_language_code(), book);
  if (!locale.ok()) return locale.status();
  return std::string(book.locales().tag(*locale));
}

absl::StatusOr<JudgeInput> CheckRequest(const v1::JudgeCandidateRequest& request,
                                        const Book& book) {
  const auto fits = [](const std::string& text, std::string_view reason, std::string_view field,
                       int64_t limit) {
    const int64_t count = CountCodePoints(text);
    return count <= limit ? absl::OkStatus()
                          : OverLimit(reason, std::string(field), "code points", count, limit);
  };
  absl::Status status =
      fits(request.content(), reason::kContentTooLong, "content", kMaxContentCodePoints);
  status.Update(
      fits(request.candidate(), reason::kCandidateTooLong, "candidate", kMaxCandidateCodePoints));
  if (!status.ok()) return status;
  if (request.source_language_code().empty()) {
    return LanguageMissing(reason::kSourceLanguageMissing, "source_language_code");
  }
  const absl::StatusOr<LocaleId> source = ResolveSource(request.source_language_code(), book);
  if (!source.ok()) return source.status();
  const absl::StatusOr<LocaleId> target = ResolveTarget(request.target_language_code(), book);
  if (!target.ok()) return target.status();
  absl::StatusOr<Message> message = Normalize(request.content());
  if (!message.ok()) {
    return InvalidUtf8("content", FindInvalidUtf8(request.content()).value_or(0));
  }
  return JudgeInput{*std::move(message), request.candidate(), *source, *target};
}

int64_t CodePoints(const v1::TranslateTextRequest& request) {
  return CountCodePoints(request.contents());
}

int64_t CodePoints(const v1::AnalyzeTextRequest& request) {
  return CountCodePoints(request.contents());
}

int64_t CodePoints(const v1::DetectLanguageRequest& request) {
  return CountCodePoints(request.contents());
}

int64_t CodePoints(const v1::ListLanguagesRequest& /*request*/) { return 0; }

int64_t CodePoints(const v1::JudgeCandidateRequest& request) {
  return CountCodePoints(request.content()) + CountCodePoints(request.candidate());
}

int64_t CodePoints(const v1::TranslateSentencesRequest& request) {
  return CountCodePoints(request.sentences());
}

int64_t CodePoints(const v1::ListLanguagePairsRequest& /*request*/) { return 0; }

}  // namespace signalbook
